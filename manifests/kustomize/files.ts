import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { filesBelow } from '../../core/files-below.ts'
import { listAt, textAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** The kustomization file of a folder. */
export const kustomizationFile = (folder: string): string | undefined =>
  names.map((name) => join(folder, name)).find((file) => existsSync(file))

/** Whether a file that is called as a kustomization holds a Kustomization of Flux: an object as any other. */
export const holdsFluxObject = (text: string): boolean =>
  /^apiVersion:\s*["']?kustomize\.toolkit\.fluxcd\.io\//m.test(text)

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

/** What a kustomization takes for objects or parts of them; what generators, transformers and replacements name is theirs. */
const ofObjects = ['resources', 'bases', 'components', 'crds', 'patches', 'patchesStrategicMerge']

/** Of the files of a kustomization those that hold objects: a file of a generator is data, whatever it is called. */
export const kustomizationManifests = (folder: string): readonly string[] =>
  [...new Set(manifestsOf(resolve(folder), new Set()))].toSorted()

const manifestsOf = (folder: string, seen: Set<string>): readonly string[] => {
  const file = kustomizationFile(folder)
  if (file === undefined || seen.has(file)) return []
  seen.add(file)
  const content = read(file)
  return ofObjects
    .flatMap((field) => listAt(content, field))
    .flatMap((item) => {
      const text = typeof item === 'string' ? item : textAt(item, 'path')
      if (text === undefined || text.includes('\n') || text.length > 500) return []
      const full = resolve(folder, text)
      const stats = statSync(full, { throwIfNoEntry: false })
      if (stats?.isDirectory()) return manifestsOf(full, seen)
      return stats?.isFile() ? [full] : []
    })
}

const read = (file: string): unknown => {
  try {
    return readValue(readFileSync(file, 'utf8'), 'go3')
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
