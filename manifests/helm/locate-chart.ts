import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import valid from 'semver/functions/valid.js'
import maxSatisfying from 'semver/ranges/max-satisfying.js'
import type { ChartConfig } from '../../config/config.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { Place } from '../../core/problem.ts'

export type LocatedChart = {
  readonly path: string
  readonly kind: 'folder' | 'archive'
  /** The user's folder, where `path` is one of links to it and to the charts that it names. */
  readonly from?: string
  /** The folders of the charts that it names by `file://`. */
  readonly beside?: readonly string[]
  /** The published charts that it names and does not hold. */
  readonly published?: readonly PublishedDependency[]
}

/** A published chart that another one needs. `path`: where its archive lies, once it was fetched. */
export type PublishedDependency = { readonly chart: ChartConfig; readonly at: Place; readonly path?: string }

/** Whether a chart is a folder or an archive of this machine. */
export const isLocal = ({ chart, repo }: ChartConfig): boolean => repo === undefined && !chart.startsWith('oci://')

/** `argo-cd` of `argo-cd` and of `oci://ghcr.io/x/argo-cd`. */
export const chartName = ({ chart }: ChartConfig): string => chart.split('/').at(-1) ?? chart

/**
 * Where a chart lies on this machine, without asking the network; undefined when it would have to be fetched.
 * A published chart is looked for where it is put once fetched, then in `charts/` itself, where one may put it by hand.
 */
export const locateChart = (chart: ChartConfig, cacheFolder: string): LocatedChart | undefined => {
  if (isLocal(chart)) {
    const found = statSync(chart.chart, { throwIfNoEntry: false })
    return found && { path: chart.chart, kind: found.isDirectory() ? 'folder' : 'archive' }
  }
  const { version } = chart
  for (const folder of [fetchedFolder(chart, cacheFolder), join(cacheFolder, 'charts')]) {
    const path = isExact(version) ? join(folder, `${chartName(chart)}-${plain(version)}.tgz`) : newest(folder, chart)
    if (path !== undefined && existsSync(path)) return { path, kind: 'archive' }
  }
  return undefined
}

/** Where a fetched archive goes: two repositories may publish different charts under one name and version. */
export const fetchedFolder = (chart: ChartConfig, cacheFolder: string): string =>
  join(cacheFolder, 'charts', hashOf(chart.repo ?? chart.chart.slice(0, chart.chart.lastIndexOf('/'))))

export const isExact = (version: string | undefined): version is string =>
  version !== undefined && valid(version) !== null

/** Charts are tagged `v1.2.3` in some repositories, and their archives named after what Chart.yaml says. */
const plain = (version: string): string => version.replace(/^v/, '')

const newest = (folder: string, chart: ChartConfig): string | undefined => {
  const prefix = `${chartName(chart)}-`
  const versions = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.startsWith(prefix) && file.endsWith('.tgz'))
    .map((file) => file.slice(prefix.length, -'.tgz'.length))
    .filter((version) => valid(version) !== null)
  const best = maxSatisfying(versions, rangeOf(chart.version))
  return best === null ? undefined : join(folder, `${prefix}${best}.tgz`)
}

/** A range as node-semver reads it: helm takes commas between its parts too. */
export const rangeOf = (version: string | undefined): string =>
  version === undefined || version === '' ? '*' : version.replaceAll(',', ' ')
