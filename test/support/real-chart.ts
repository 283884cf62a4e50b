import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from '../../core/paths.ts'
import { sayMissing } from './real-tools.ts'

/** The unmodified archive of a published chart: in the folder KINDUP_CHARTS, or in kindup's cache. A missing one is said loudly, and is an error where KINDUP_TEST_REQUIRED promises `charts`. */
export const realChart = (chart: string, version: string): string | undefined => {
  const name = `${chart}-${version}.tgz`
  const folders = [process.env['KINDUP_CHARTS'], join(cacheFolder(), 'charts')]
  const found = folders.map((folder) => folder && join(folder, name)).find((path) => path && existsSync(path))
  if (!found)
    sayMissing('charts', `${name} is neither in KINDUP_CHARTS nor in the cache; the tests that render it do not run.`)
  return found || undefined
}
