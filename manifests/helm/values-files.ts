import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord } from '../../core/is-record.ts'
import { withPrivateFolder } from '../../cluster/private-folder.ts'
import type { ValuesLayer } from '../../config/chart-config.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import { writeObject } from '../yaml/write.ts'
import type { Helm } from './helm.ts'
import { goesIntoList, mergeValues, setValues, type Values } from './set-values.ts'

/**
 * Calls `use` with the `--values` arguments for the layers, lowest first. What is not a file of the user's stands in
 * private files until `use` ends: values may be secrets, and arguments can be seen by everybody on the machine.
 */
export const withValuesFiles = <T>(
  layers: readonly ValuesLayer[],
  { cacheFolder }: Pick<Helm, 'cacheFolder'>,
  use: (args: readonly string[]) => Promise<T>,
): Promise<T> =>
  withPrivateFolder(cacheFolder, async (folder) => {
    const files = await Promise.all(
      layers.map(async (layer, index) => {
        if ('file' in layer) return layer.file
        const values = 'values' in layer ? layer.values : await valuesOfSet(layer.set, layers.slice(0, index))
        const file = join(folder, `${index}.yaml`)
        await writeFile(file, writeObject(values), { mode: 0o600 })
        return file
      }),
    )
    return use(files.flatMap((file) => ['--values', file]))
  })

/** All layers as one: for a reader who has no helm. */
export const mergedValues = async (layers: readonly ValuesLayer[]): Promise<Values> => {
  let merged: Values = {}
  for (const layer of layers) merged = mergeValues(merged, await valuesOf(layer, merged))
  return merged
}

const valuesOf = async (layer: ValuesLayer, lower: Values): Promise<Values> => {
  if ('set' in layer) return setValues(layer.set, lower)
  if ('values' in layer) return layer.values
  const value = readValue(await readFile(layer.file, 'utf8'), 'go2')
  return isRecord(value) ? value : {}
}

const valuesOfSet = async (
  set: Extract<ValuesLayer, { set: unknown }>['set'],
  lower: readonly ValuesLayer[],
): Promise<Values> => setValues(set, Object.keys(set).some(goesIntoList) ? await mergedValues(lower) : {})
