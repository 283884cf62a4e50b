import { readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isThere } from '../../core/process-mark.ts'

/** kubectl and kind hold theirs for milliseconds, and say nowhere who they are. */
const staleMs = 10_000

/** The lock files beside these files whose holders are gone, as far as it can be told. */
export const staleLocks = async (files: readonly string[]): Promise<readonly string[]> => {
  const locks = await Promise.all(
    files.map(async (file) => {
      const lock = `${file}.lock`
      const seen = await stat(lock).catch(() => undefined)
      if (!seen?.isFile() || Date.now() - seen.mtimeMs < staleMs) return undefined
      const text = await readFile(lock, 'utf8').catch(() => '')
      const [, pid, host] = /^kindup (\d+) (\S+) /.exec(text) ?? []
      return pid !== undefined && host === hostname() && isThere(Number(pid)) ? undefined : lock
    }),
  )
  return locks.filter((lock) => lock !== undefined)
}
