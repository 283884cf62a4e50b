import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf } from '../../core/fingerprint.ts'

/** Where a fetched manifest is kept: another pin is another file. */
export const keptAt = (address: string, cacheFolder: string): string =>
  join(cacheFolder, 'manifests', `${hashOf(address)}.yaml`)

export const isFetched = (address: string, cacheFolder: string): boolean => existsSync(keptAt(address, cacheFolder))
