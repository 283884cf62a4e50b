import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isPattern, matching } from '../../core/glob.ts'

const readable = /\.(?:ya?ml|json)$/i

/** The files that paths name, each once: a folder stands for the .yaml, .yml and .json files in it and below, sorted. Hidden ones are left out. */
export const manifestFiles = async (paths: readonly string[]): Promise<readonly string[]> => {
  const files = (await Promise.all(paths.map((path) => filesIn(path)))).flat()
  const real = await Promise.all(files.map((file) => realpath(file).catch(() => file)))
  return files.filter((_, index) => real.indexOf(real[index] ?? '') === index)
}

const filesIn = async (path: string, within: readonly string[] = []): Promise<readonly string[]> => {
  if (isPattern(path)) return (await matching(path)).filter((file) => readable.test(file))
  if (!(await isFolder(path))) return [path]
  // A link to a folder that it lies in would go round in circles.
  const real = await realpath(path)
  if (within.includes(real)) return []
  const entries = await readdir(path, { withFileTypes: true })
  const parts = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry): Promise<readonly string[]> => {
        const full = join(path, entry.name)
        if (await isFolder(full)) return filesIn(full, [...within, real])
        return readable.test(entry.name) ? [full] : []
      }),
  )
  return parts.flat()
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false
