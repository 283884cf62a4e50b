import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference } from '../../../../services/smoke/mismatch.ts'

describe('what a JSON answer must hold', () => {
  it.each([
    [{ a: 1 }, { a: 1, b: 2 }, undefined],
    [{}, { a: 1 }, undefined],
    [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1, d: 2 }] } }, undefined],
    [[1, 2], [1, 2], undefined],
    [null, null, undefined],
    [{ a: 1 }, { a: '1' }, '$.a is "1" instead of 1'],
    [{ a: 1 }, {}, '$.a is missing'],
    [{ a: null }, {}, '$.a is missing'],
    [{ 'a-b': { c: true } }, { 'a-b': { c: false } }, '$["a-b"].c is false instead of true'],
    [[1], [1, 2], '$ has 2 elements instead of 1'],
    [[{ a: 1 }], [{ a: 2 }], '$[0].a is 2 instead of 1'],
    [{ a: [] }, { a: {} }, '$.a is {} instead of a list'],
    [{ a: {} }, { a: [] }, '$.a is [] instead of a map'],
    [{ toString: 1 }, {}, '$.toString is missing'],
  ])('%j in %j: %s', (wanted, found, expected) => {
    expect(difference(wanted, found, '$')).toBe(expected)
  })

  it('holds itself, and itself with more keys', () => {
    const grown = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(grown)
      if (typeof value !== 'object' || value === null) return value
      return { ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grown(inner)])), 'one more': 1 }
    }
    const value = fc.jsonValue().map((found) => JSON.parse(JSON.stringify(found)) as unknown)
    expect(() =>
      fc.assert(
        fc.property(
          value,
          (json) => difference(json, json, '$') === undefined && difference(json, grown(json), '$') === undefined,
        ),
      ),
    ).not.toThrow()
  })

  it('matches lists element by element: one more, one less, one that differs anywhere is told with its place', () => {
    const json = fc.jsonValue({ maxDepth: 2 }).map((found) => JSON.parse(JSON.stringify(found)) as unknown)
    const lists = fc.array(json, { minLength: 1, maxLength: 5 })
    expect(() =>
      fc.assert(
        fc.property(lists, json, fc.nat(), (list, more, at) => {
          const index = at % list.length
          const nested = (inner: unknown) => ({ a: [{ b: inner }] })
          const told = (found: unknown) => difference(nested(list), nested(found), '$') ?? ''
          const other = list.with(index, { 'not in any': Symbol.iterator.toString() })
          const wrong = difference(other, list, '$') ?? ''
          return (
            told([...list, more]).includes(`$.a[0].b has ${list.length + 1} elements instead of ${list.length}`) &&
            told(list.slice(1)).includes(`has ${list.length - 1} elements`) &&
            told(Object.fromEntries(list.entries())).includes('instead of a list') &&
            wrong.startsWith(`$[${index}]`)
          )
        }),
      ),
    ).not.toThrow()
  })
})
