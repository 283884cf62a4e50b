import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readFileNow, type Files } from '../../core/files.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { lackingOf } from './dependencies.ts'
import { locateChart, type LocatedChart, type PublishedDependency } from './locate-chart.ts'

/**
 * The chart with those charts in `charts/` that it names and does not hold: a folder of links in the cache, which helm
 * follows. What is published and was not fetched yet is in its `lacking`. Nothing is written into the chart itself, and
 * nothing in the cache grows old.
 */
export const withDependencies = (
  chart: LocatedChart,
  {
    cacheFolder,
    env = process.env,
    files = readFileNow,
  }: { readonly cacheFolder: string; readonly env?: Env; readonly files?: Files },
): LocatedChart => {
  if (chart.kind !== 'folder') return chart
  const found = linked(chart.path, { cacheFolder, env, files }, [])
  const more = {
    ...(found.beside.length > 0 ? { beside: found.beside } : {}),
    ...(found.published.length > 0 ? { published: found.published } : {}),
  }
  return found.path === chart.path
    ? { ...chart, ...more }
    : { kind: 'folder', path: found.path, from: chart.path, ...more }
}

type Env = Readonly<Record<string, string | undefined>>

/** `beside`: the folders of the charts that were added, and of those that these needed. */
type Linked = {
  readonly path: string
  readonly beside: readonly string[]
  readonly published: readonly PublishedDependency[]
}

const linked = (
  path: string,
  where: { readonly cacheFolder: string; readonly env: Env; readonly files: Files },
  dependencies: readonly string[],
): Linked => {
  const lacking = dependencies.includes(path) ? [] : lackingOf(path, where.env, where.files)
  const folders = lacking.flatMap((one) =>
    one.kind === 'folder'
      ? [{ name: one.dependency.name, folder: one.folder, ...linked(one.folder, where, [...dependencies, path]) }]
      : [],
  )
  const own = lacking.flatMap((one) => {
    if (one.kind !== 'published') return []
    const located = locateChart(one.chart, where.cacheFolder)
    return [{ chart: one.chart, at: one.dependency.at, ...(located ? { path: located.path } : {}) }]
  })
  const here = own.flatMap((one) => one.path ?? [])
  const beside = folders.flatMap((one) => [one.folder, ...one.beside])
  const published = [...own, ...folders.flatMap((one) => one.published)]
  if (folders.length + here.length === 0) return { path, beside, published }
  // One chart may be there several times, under an alias each.
  const links = new Map([
    ...entriesOf(path)
      .filter((name) => name !== 'charts')
      .map((name) => [name, join(path, name)] as const),
    ...entriesOf(join(path, 'charts')).map((name) => [join('charts', name), join(path, 'charts', name)] as const),
    ...folders.map((one) => [join('charts', one.name), one.path] as const),
    ...here.map((archive) => [join('charts', basename(archive)), archive] as const),
  ])
  return { path: folderOf([...links], join(where.cacheFolder, 'charts', 'linked')), beside, published }
}

const entriesOf = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder).toSorted() : [])

/** A folder of these links; the same links make the same folder. */
const folderOf = (links: readonly (readonly [string, string])[], within: string): string => {
  const path = join(within, hashOf(links))
  if (existsSync(path)) return path
  mkdirSync(within, { recursive: true })
  const temporary = mkdtempSync(join(within, '.new-'))
  mkdirSync(join(temporary, 'charts'))
  for (const [name, target] of links) linkTo(target, join(temporary, name))
  try {
    renameSync(temporary, path)
  } catch (error) {
    // Another run has made it meanwhile.
    rmSync(temporary, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  }
  return path
}

/** A link of the user's that leads nowhere stays one: helm says so. */
const linkTo = (target: string, at: string): void => symlinkSync(existsSync(target) ? realpathSync(target) : target, at)
