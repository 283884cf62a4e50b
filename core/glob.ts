import { existsSync, globSync, type Dirent } from 'node:fs'
import { glob } from 'node:fs/promises'

/** Whether a path is a pattern. Something that is there under that very name is meant itself. */
export const isPattern = (path: string): boolean => isGlob(path) && !existsSync(path)

const isGlob = (text: string): boolean => /[*?]|\[[^\]]+\]|\{[^}]*,[^}]*\}/.test(text)

/** The files that a pattern matches, sorted; hidden ones and what lies in hidden folders are left out, unless the pattern names them. */
export const matching = async (pattern: string): Promise<readonly string[]> => {
  const exclude = hiddenFor(pattern)
  const entries: Dirent[] = []
  for await (const entry of glob(pattern, { withFileTypes: true, exclude })) entries.push(entry)
  return filesAmong(entries, exclude)
}

/** The same, at once: for what is small. */
export const matchingNow = (pattern: string): readonly string[] => {
  const exclude = hiddenFor(pattern)
  return filesAmong(globSync(pattern, { withFileTypes: true, exclude }), exclude)
}

type IsHidden = (entry: { readonly name: string }) => boolean

const hiddenFor = (pattern: string): IsHidden => {
  const named = new Set(pattern.split('/'))
  return ({ name }) => name.startsWith('.') && !named.has(name)
}

const filesAmong = (entries: readonly Dirent[], isHidden: IsHidden): readonly string[] =>
  entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !isHidden(entry))
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .toSorted()

/** The folder that all matches of a pattern lie in. */
export const rootOf = (pattern: string): string => {
  const parts = pattern.split('/')
  return parts.slice(0, parts.findIndex(isGlob)).join('/') || '/'
}
