import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { filesBelow } from './chart-files.ts'
import type { LocatedChart } from './locate-chart.ts'

const question = 'Capabilities.APIVersions'

/** Whether a chart renders differently for what a cluster serves, as far as its text tells. */
export const asksForApis = async (chart: LocatedChart): Promise<boolean> => {
  if (chart.kind === 'archive') return contains(await readFile(chart.path), true)
  for (const file of await filesBelow(chart.path))
    if (contains(await readFile(file).catch(() => Buffer.of()), /\.t?gz$/.test(file))) return true
  return false
}

const contains = (content: Buffer, packed: boolean): boolean => {
  try {
    return (packed ? gunzipSync(content) : content).includes(question)
  } catch {
    // No archive after all: helm says so.
    return false
  }
}
