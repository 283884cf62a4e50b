import { createHash } from 'node:crypto'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { readFileNow, type Files } from '../../core/files.ts'
import { isPassing } from '../../core/watch/passing.ts'

/** A hash of the names and bytes of files, or of all below folders; `.git` and files of editors aside. A missing one counts as missing. */
export const hashFiles = async (paths: readonly string[], files: Files = readFileNow): Promise<string> => {
  const hash = createHash('sha256')
  for (const path of paths)
    for (const file of await followedFiles(path)) {
      const content = files(file)
      hash.update(`${relative(path, file).split(sep).join('/')}\0${content?.length ?? 'missing'}\0`)
      if (content) hash.update(content)
    }
  return hash.digest('hex').slice(0, 16)
}

/**
 * The files below a folder in a stable order, or the file itself. Links are followed, as helm does; one that leads nowhere
 * stands for itself, and one that leads back to a folder around it is left out.
 */
export const followedFiles = async (path: string, dependencies: readonly string[] = []): Promise<readonly string[]> => {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) return [path]
  const real = await realpath(path)
  if (dependencies.includes(real)) return []
  const entries = await readdir(path)
  const parts = await Promise.all(
    entries
      .filter((name) => name !== '.git' && !isPassing(name))
      .toSorted()
      .map((name) => followedFiles(join(path, name), [...dependencies, real])),
  )
  return parts.flat()
}
