import { existsSync } from 'node:fs'
import { glob } from 'node:fs/promises'

/** Whether a path is a pattern. Something that is there under that very name is meant itself. */
export const isPattern = (path: string): boolean => isGlob(path) && !existsSync(path)

const isGlob = (text: string): boolean => /[*?]|\[[^\]]+\]|\{[^}]*,[^}]*\}/.test(text)

/** The files that a pattern matches, sorted; hidden ones and what lies in hidden folders are left out. */
export const matching = async (pattern: string): Promise<readonly string[]> => {
  const found: string[] = []
  for await (const entry of glob(pattern, { withFileTypes: true, exclude: ({ name }) => isHidden(name) }))
    if ((entry.isFile() || entry.isSymbolicLink()) && !isHidden(entry.name))
      found.push(`${entry.parentPath}/${entry.name}`)
  return found.toSorted()
}

/** The folder that all matches of a pattern lie in. */
export const rootOf = (pattern: string): string => {
  const parts = pattern.split('/')
  return parts.slice(0, parts.findIndex(isGlob)).join('/') || '/'
}

const isHidden = (name: string): boolean => name.startsWith('.')
