import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** The kustomization file of a folder. */
export const kustomizationFile = (folder: string): string | undefined =>
  names.map((name) => join(folder, name)).find((file) => existsSync(file))

/**
 * Every local file that a kustomization is made of, bases and components included. Whatever string in it is the path of
 * something that exists counts: fields that name files come and go between versions of kustomize.
 */
export const kustomizationFiles = (folder: string): readonly string[] =>
  [...collect(resolve(folder), new Set())].toSorted()

const collect = (folder: string, found: Set<string>): Set<string> => {
  const file = kustomizationFile(folder)
  if (file === undefined || found.has(file)) return found
  found.add(file)
  for (const text of stringsOf(read(file)))
    for (const path of [text, text.slice(text.indexOf('=') + 1)]) {
      if (path === '' || path.includes('\n') || path.length > 500) continue
      const full = resolve(folder, path)
      const stats = statSync(full, { throwIfNoEntry: false })
      if (stats?.isDirectory()) collect(full, found)
      else if (stats?.isFile()) found.add(full)
    }
  return found
}

const read = (file: string): unknown => {
  try {
    return parse(readFileSync(file, 'utf8'), { logLevel: 'silent' })
  } catch {
    // Broken: kustomize says so, with its own words about it.
    return undefined
  }
}

const stringsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsOf)
}
