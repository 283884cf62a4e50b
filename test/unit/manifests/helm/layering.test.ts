import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ValuesLayer } from '../../../../config/chart-config.ts'
import { mergedValues, withValuesFiles } from '../../../../manifests/helm/values-files.ts'
import { helms, temporary } from './helms.ts'

const key = fc.constantFrom('a', 'b', 'c', 'with.dot')
const leaf = fc.oneof(fc.string(), fc.integer({ min: -1000, max: 1000 }), fc.boolean())
const { values } = fc.letrec<{ values: Record<string, unknown>; value: unknown }>((tie) => ({
  values: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf, { maxLength: 3 }), tie('values')),
}))
const path = fc
  .tuple(fc.array(key, { minLength: 1, maxLength: 3 }), fc.option(fc.nat({ max: 2 }), { nil: undefined }))
  .map(
    ([keys, index]) => keys.map((one) => one.replace('.', '\\.')).join('.') + (index === undefined ? '' : `[${index}]`),
  )
const set = fc.dictionary(path, leaf, { maxKeys: 3 })

describe('the layers of values', () => {
  it('give every single value to the highest layer that has one', async () => {
    const layer = fc.dictionary(fc.constantFrom('a.x', 'a.y', 'b', 'c.d.e'), leaf, { minKeys: 1 })
    await fc.assert(
      fc.asyncProperty(fc.array(layer, { maxLength: 5 }), async (layers) => {
        const merged = await mergedValues(layers.map((one) => ({ set: one })))
        const expected = await mergedValues([{ set: Object.assign({}, ...layers) as Record<string, string> }])
        expect(merged).toEqual(expected)
      }),
    )
  })

  it('leave what a higher layer does not mention as it was', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (lower) => {
        expect(await mergedValues([{ values: lower }, { values: {} }, { set: {} }])).toEqual(lower)
        expect(await mergedValues([{ values: lower }, { values: { other: 1 } }])).toEqual({ ...lower, other: 1 })
      }),
    )
  })

  describe.each(helms)('in helm $major', ({ path: helm }) => {
    it.skipIf(helm === '')('come out as kindup reads them without helm', async () => {
      await using chart = await temporary()
      await using cache = await temporary()
      await mkdir(join(chart.folder, 'templates'))
      await writeFile(join(chart.folder, 'Chart.yaml'), 'apiVersion: v2\nname: x\nversion: 0.0.1\n')
      await writeFile(join(chart.folder, 'templates', 'all.yaml'), 'all: {{ .Values | toJson }}\n')
      let count = 0
      const layer = fc.oneof(
        values.map((one): ValuesLayer => ({ values: one })),
        set.map((one): ValuesLayer => ({ set: one })),
        values.map((one) => ({ written: JSON.stringify(one) })),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 4 }), async (given) => {
          const layers = await Promise.all(
            given.map(async (one): Promise<ValuesLayer> => {
              if (!('written' in one)) return one
              const name = join(chart.folder, `values-${(count += 1)}.yaml`)
              await writeFile(name, one.written)
              return { file: name, at: { file: name } }
            }),
          )
          const said = await withValuesFiles(layers, { cacheFolder: cache.folder }, (args) =>
            Promise.resolve(execFileSync(helm, ['template', 'x', chart.folder, ...args], { encoding: 'utf8' })),
          )
          const [, json = ''] = /^all: (.*)$/m.exec(said) ?? []
          expect(JSON.parse(json)).toEqual(await mergedValues(layers))
        }),
        { numRuns: 25 },
      )
    })
  })
})
