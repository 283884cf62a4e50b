import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { isRecord } from '../../core/is-record.ts'

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
  const content = read(file)
  for (const chart of chartsOf(content, folder)) for (const one of filesBelow(chart)) found.add(one)
  for (const text of stringsOf(content))
    for (const path of [text, text.slice(text.indexOf('=') + 1)]) {
      if (path === '' || path.includes('\n') || path.length > 500) continue
      const full = resolve(folder, path)
      const stats = statSync(full, { throwIfNoEntry: false })
      if (stats?.isDirectory()) collect(full, found)
      else if (stats?.isFile()) found.add(full)
    }
  return found
}

/** Folders of charts that lie beside it; kustomize puts there what it fetches, too. */
const chartsOf = (content: unknown, folder: string): readonly string[] => {
  const { helmCharts, helmGlobals } = isRecord(content) ? content : {}
  const home =
    isRecord(helmGlobals) && typeof helmGlobals['chartHome'] === 'string' ? helmGlobals['chartHome'] : 'charts'
  return Array.isArray(helmCharts)
    ? helmCharts.flatMap((chart: unknown) =>
        isRecord(chart) && typeof chart['name'] === 'string' ? [resolve(folder, home, chart['name'])] : [],
      )
    : []
}

const filesBelow = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []

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
