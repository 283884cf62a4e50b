import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inFile, parseObjects } from '../../../../manifests/yaml/parse.ts'
import { writeObjects } from '../../../../manifests/yaml/write.ts'

const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'yes',
    'no',
    'on',
    'y',
    'null',
    '~',
    '0644',
    '1e3',
    '1_000',
    '0b1',
    '<<',
    '=',
    '---',
    '# x',
    'a: b',
    '\n\n',
    '- a',
    '',
  ),
)
const value = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
  list: fc.array(tie('any'), { maxLength: 4 }),
  map: fc.dictionary(
    text.filter((key) => key !== '__proto__' && key !== '<<'),
    tie('any'),
    { maxKeys: 4 },
  ),
})).any

describe('writeObjects', () => {
  it.each(['helm', 'kustomize'] as const)('writes what both parsers of Go read back as it was (%s)', (reader) => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (specs) => {
        const objects = specs.map((spec, index) => ({
          apiVersion: 'v1',
          kind: 'A',
          metadata: { name: `n${index}` },
          spec,
        }))
        const parsed = parseObjects(writeObjects(objects), { reader, place: inFile('x') })
        expect(parsed.problems).toEqual([])
        expect(parsed.objects.map(({ object }) => object)).toEqual(objects)
      }),
    )
  })

  it('leaves the name to the API where it makes one', () => {
    const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: seed- }\n'
    const { objects } = parseObjects(job, { reader: 'helm', place: inFile('x') })
    expect(writeObjects(objects.map(({ object }) => object))).toBe(
      '---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: seed-\n',
    )
  })

  it('writes the same objects as the same text, without anchors', () => {
    const shared = { a: 1 }
    const object = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, x: shared, y: shared }
    expect(writeObjects([object])).toBe(writeObjects([structuredClone(object)]))
    expect(writeObjects([object])).not.toContain('&')
  })

  it('writes an item of a list however large it is', () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => `line ${index}`)
    const objects = [{ apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, spec: { versions: [{ lines }] } }]
    const read = parseObjects(writeObjects(objects), { reader: 'helm', place: inFile('f') })
    expect(read.problems).toEqual([])
    expect(read.objects.map(({ object }) => object)).toEqual(objects)
  })
})
