import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import satisfies from 'semver/functions/satisfies.js'
import { parse } from 'yaml'
import { mapsAt, textAt } from '../../core/fields.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { heldIn } from './dependencies.ts'
import type { LocatedChart } from './locate-chart.ts'

/**
 * The chart with those charts in `charts/` that it names by `file://` and does not hold: a folder of links in the cache,
 * which helm follows. Nothing is written into the chart itself, and nothing in the cache grows old.
 */
export const withLocalDependencies = (chart: LocatedChart, cacheFolder: string): LocatedChart => {
  if (chart.kind !== 'folder') return chart
  const found = linked(chart.path, cacheFolder, [])
  return found.beside.length === 0
    ? chart
    : { kind: 'folder', path: found.path, from: chart.path, beside: found.beside }
}

/** `beside`: the folders of the charts that were added, and of those that these needed. */
type Linked = { readonly path: string; readonly beside: readonly string[] }

const linked = (path: string, cacheFolder: string, around: readonly string[]): Linked => {
  const added = around.includes(path) ? [] : lacking(path)
  if (added.length === 0) return { path, beside: [] }
  const charts = added.map(({ name, folder }) => ({ name, ...linked(folder, cacheFolder, [...around, path]), folder }))
  const links = [
    ...entriesOf(path)
      .filter((name) => name !== 'charts')
      .map((name) => [name, join(path, name)] as const),
    ...entriesOf(join(path, 'charts')).map((name) => [join('charts', name), join(path, 'charts', name)] as const),
    ...charts.map((one) => [join('charts', one.name), one.path] as const),
  ]
  const beside = charts.flatMap((one) => [one.folder, ...one.beside])
  return { path: folderOf(links, join(cacheFolder, 'charts', 'linked')), beside }
}

type Dependency = { readonly name: string; readonly folder: string }

const lacking = (path: string): readonly Dependency[] => {
  const held = heldIn(join(path, 'charts'))
  const found = mapsAt(chartYaml(path), 'dependencies').flatMap((one): readonly Dependency[] => {
    const name = textAt(one, 'name') ?? ''
    const repository = textAt(one, 'repository') ?? ''
    if (name === '' || held.has(name) || !repository.startsWith('file://')) return []
    const folder = resolve(path, repository.slice('file://'.length))
    const there = chartYaml(folder)
    // helm builds no other version than the one that is asked for, and says so.
    const fits = satisfies(textAt(there, 'version') ?? '', textAt(one, 'version') ?? '*', { includePrerelease: true })
    return textAt(there, 'name') === name && fits ? [{ name, folder }] : []
  })
  // One chart may be there several times, under an alias each.
  return [...new Map(found.map((one) => [one.name, one])).values()]
}

const chartYaml = (folder: string): unknown => {
  try {
    return parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'), { logLevel: 'silent' })
  } catch {
    // Whoever renders it says what is wrong with it.
    return undefined
  }
}

const entriesOf = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder).toSorted() : [])

/** A folder of these links; the same links make the same folder. */
const folderOf = (links: readonly (readonly [string, string])[], within: string): string => {
  const path = join(within, hashOf(links))
  if (existsSync(path)) return path
  mkdirSync(within, { recursive: true })
  const temporary = mkdtempSync(join(within, '.new-'))
  mkdirSync(join(temporary, 'charts'))
  for (const [name, target] of links) symlinkSync(realpathSync(target), join(temporary, name))
  try {
    renameSync(temporary, path)
  } catch (error) {
    // Another run has made it meanwhile.
    rmSync(temporary, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  }
  return path
}
