import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withFileLock } from '../../core/file-lock.ts'
import type { ClusterPaths } from '../paths.ts'

/** One run at a time makes or takes away what clusters share: the registry that one leaves last, another may be about to use. */
export const withRegistry = async <T>(
  container: string,
  paths: Pick<ClusterPaths, 'folder'>,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> => {
  const folder = dirname(paths.folder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return withFileLock(join(folder, container), { signal, waitMs: 120_000 }, work)
}
