import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { valueAt } from '../../../../core/fields.ts'
import type { ValuesLayer } from '../../../../config/chart-config.ts'
import { mergedValues } from '../../../../manifests/helm/values-files.ts'
import { valuePlaces } from '../../../../manifests/source/value-places.ts'
import { temporary } from '../helm/helms.ts'

const service = (values: unknown) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { port: valueAt(values, 'service', 'port'), other: valueAt(values, 'port'), fixed: 80 },
})

/** Of a chart that puts `service.port` and `port` into a Service: where the field comes from, and how often it was rendered. */
const placeOf = async (field: string, text: string, more: readonly ValuesLayer[] = []) => {
  await using made = await temporary()
  const file = join(made.folder, 'values.yaml')
  await writeFile(file, text)
  const layers: readonly ValuesLayer[] = [{ file, at: { file: 'kindup.yaml' } }, ...more]
  let renders = 0
  const [place] = await valuePlaces([{ object: service(await mergedValues(layers)), path: ['spec', field] }], {
    chart: undefined,
    layers,
    renderWith: async (layer) => {
      renders++
      return [service(await mergedValues([...layers, layer]))]
    },
  })
  return { place: place && `${place.name} ${place.at.line}`, renders }
}

describe('the value that a field comes from', () => {
  it('is the one that moves it, of several that look like it', async () => {
    expect((await placeOf('port', 'port: 80\nservice:\n  port: 80\n')).place).toBe('service.port 3')
    expect((await placeOf('other', 'port: 80\nservice:\n  port: 80\n')).place).toBe('port 1')
  })

  it('is none where the template writes it, and none that another layer sets', async () => {
    expect((await placeOf('fixed', 'port: 80\nservice:\n  port: 80\n')).place).toBeUndefined()
    const set = { set: { 'service.port': 80 } }
    expect((await placeOf('port', 'service:\n  port: 80\n', [set])).place).toBeUndefined()
  })

  it('is not looked for among values that look otherwise', async () => {
    expect(await placeOf('fixed', 'name: web\nlabels: { a: b }\n')).toEqual({ place: undefined, renders: 0 })
  })
})
