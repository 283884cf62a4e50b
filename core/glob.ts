import { existsSync, globSync } from 'node:fs'
import { glob } from 'node:fs/promises'

/** Whether a path is a pattern. Something that is there under that very name is meant itself. */
export const isPattern = (path: string): boolean => isGlob(path) && !existsSync(path)

const isGlob = (text: string): boolean => /[*?]|\[[^\]]+\]|\{[^}]*,[^}]*\}/.test(text)

/** The files that a pattern matches, sorted; hidden ones and what lies in hidden folders are left out, unless the pattern names them. */
export const matching = async (pattern: string): Promise<readonly string[]> => {
  const named = new Set(pattern.split('/'))
  const isLeftOut = ({ name }: { readonly name: string }): boolean => name.startsWith('.') && !named.has(name)
  const found: string[] = []
  for await (const entry of glob(pattern, { withFileTypes: true, exclude: isLeftOut }))
    if ((entry.isFile() || entry.isSymbolicLink()) && !isLeftOut(entry)) found.push(`${entry.parentPath}/${entry.name}`)
  return found.toSorted()
}

/** The same, at once: for what is small. */
export const matchingNow = (pattern: string): readonly string[] => {
  const named = new Set(pattern.split('/'))
  const isLeftOut = ({ name }: { readonly name: string }): boolean => name.startsWith('.') && !named.has(name)
  return globSync(pattern, { withFileTypes: true, exclude: isLeftOut })
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !isLeftOut(entry))
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .toSorted()
}

/** The folder that all matches of a pattern lie in. */
export const rootOf = (pattern: string): string => {
  const parts = pattern.split('/')
  return parts.slice(0, parts.findIndex(isGlob)).join('/') || '/'
}
