import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { goesIntoList, mergeValues, setPath, setValues } from '../../../../manifests/helm/set-values.ts'

describe('setValues', () => {
  it('keeps types, commas and equal signs, which --set would read', () => {
    expect(setValues({ 'a.b': 'x,y=1', 'a.c': '0123', n: 3, t: true, none: null })).toEqual({
      a: { b: 'x,y=1', c: '0123' },
      n: 3,
      t: true,
      none: null,
    })
  })

  it('takes an escaped dot as part of a key', () => {
    expect(setPath('metadata.annotations.example\\.io/x')).toEqual(['metadata', 'annotations', 'example.io/x'])
    expect(setValues({ 'a\\.b.c': 1 })).toEqual({ 'a.b': { c: 1 } })
  })

  it('goes on with the list of the layers below, which helm would replace whole', () => {
    const lower = { list: [{ name: 'a', keep: 1 }, { name: 'b' }], other: 1 }
    expect(setValues({ 'list[0].name': 'z', 'list[3]': 'new' }, lower)).toEqual({
      list: [{ name: 'z', keep: 1 }, { name: 'b' }, null, 'new'],
    })
    expect(lower.list[0]).toEqual({ name: 'a', keep: 1 })
    expect([goesIntoList('a.b'), goesIntoList('a[0].b')]).toEqual([false, true])
  })

  it('puts any value where any path says, and nowhere else', () => {
    const key = fc.string({ minLength: 1 }).filter((text) => !/[[\]\\]/.test(text) && text !== '__proto__')
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.string(), (keys, value) => {
        const path = keys.map((one) => one.replaceAll('.', '\\.')).join('.')
        const expected = keys.toReversed().reduce<unknown>((inner, one) => ({ [one]: inner }), value)
        expect(setValues({ [path]: value })).toEqual(expected)
      }),
    )
  })
})

describe('mergeValues', () => {
  it('merges maps and replaces everything else, as helm does with several files', () => {
    expect(mergeValues({ a: { x: 1, y: [1, 2] }, b: 1 }, { a: { y: [3], z: null }, b: { c: 1 } })).toEqual({
      a: { x: 1, y: [3], z: null },
      b: { c: 1 },
    })
  })
})
