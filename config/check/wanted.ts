import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { nearest } from '../../core/suggest.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

export type Kind = 'file' | 'folder' | 'either'

/** What is at a path, links followed. */
export const kindOf = async (path: string): Promise<'file' | 'folder' | undefined> => {
  const found = await stat(path).catch(() => undefined)
  return found === undefined ? undefined : found.isDirectory() ? 'folder' : 'file'
}

/** A path as it is said: from the folder of the file, where it lies in that. */
export const shown = (file: string, folder: string): string => {
  const near = relative(folder, file)
  return near === '' ? '.' : near.startsWith('..') ? file : `./${near}`
}

/** Whether something of that kind is there; what is not is said, with the nearest name beside it. */
export const want = async (
  path: Path,
  file: string,
  kind: Kind,
  what: string,
  { config, findings }: Checked,
): Promise<boolean> => {
  const found = await kindOf(file)
  if (found === kind || (found !== undefined && kind === 'either')) return true
  const siblings = found === undefined ? await readdir(resolve(file, '..')).catch(() => []) : []
  // A name that stands in its folder and leads to nothing is a link.
  const isLost = siblings.includes(basename(file))
  const problem =
    found === undefined
      ? `${what} ${shown(file, config.folder)} ${isLost ? 'is a link that leads nowhere' : 'does not exist'}`
      : `${shown(file, config.folder)} is a ${found}, and must be a ${kind}`
  const near = isLost ? undefined : nearest(basename(file), siblings)
  findings.error({
    path,
    message: `${showPath(path)}: ${problem}.`,
    root: found === undefined ? `missing ${await firstMissing(file)}` : problem,
    hint:
      wrongWriting(shown(file, config.folder)) ??
      (near === undefined ? undefined : `Did you mean ${shown(join(resolve(file, '..'), near), config.folder)}?`),
  })
  return false
}

/** What a path has to be written like that came from a shell or from another system; undefined for any other. */
const wrongWriting = (path: string): string | undefined => {
  if (path.startsWith('./~/')) return `Paths know no ~: write \${HOME}${path.slice(3)}`
  if (path.includes('\\') && sep === '/')
    return `Write / between folders: ${path.replaceAll('\\', '/').replace(/^\.\/\.\//, './')}`
  return undefined
}

/** The outermost folder on the way to a file that is not there: all below it comes from that. */
const firstMissing = async (file: string): Promise<string> => {
  const parent = dirname(file)
  return parent === file || (await kindOf(parent)) !== undefined ? file : firstMissing(parent)
}
