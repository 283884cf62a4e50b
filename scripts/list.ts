import { answeringEngines, chooseEngine } from '../cluster/engine/choose.ts'
import { diskOf, ourClusters, type OurCluster } from '../cluster/ours.ts'
import { ageText } from '../core/print/age.ts'
import { shortPath } from '../core/print/error-page.ts'
import { table } from '../core/print/table.ts'
import type { App, CommonFlags } from '../app/app.ts'
import { runOf } from '../app/run-of.ts'

/** One cluster as it is shown. Times are ISO 8601, sizes bytes; null where nobody knows. */
type Row = {
  readonly name: string
  readonly engine: string
  readonly nodes: number
  readonly running: number
  readonly paused: number
  readonly created: string | null
  readonly expires: string | null
  readonly owner: string | null
  readonly config: string
  readonly size: number | null
}

/** `list`: every cluster that kindup made, whatever the folder, in every engine that answers. */
export const list = async (app: App, flags: CommonFlags): Promise<void> => {
  const { json, out, outColour: colour } = app.terminal(flags)
  const clusters = await clustersHere(app)
  const named = clusters.filter(({ marker }) => flags.name === undefined || marker.name === flags.name)
  const rows = await Promise.all(named.map(async (cluster) => rowOf(cluster, await diskOf(cluster, app.signal))))
  if (flags.json) return json({ clusters: rows })
  if (rows.length === 0) return out('There is no cluster of kindup.')
  const now = Date.now()
  out(
    table(
      [
        ['NAME', 'ENGINE', 'NODES', 'AGE', 'TTL', 'SIZE', 'OWNER', 'FILE'].map((title) => colour.dim(title)),
        ...rows.map((row) => [
          row.name,
          row.engine,
          nodesText(row),
          row.created === null ? '-' : ageText(Math.max(0, now - Date.parse(row.created))),
          row.expires === null ? '-' : ttlText(Date.parse(row.expires) - now),
          row.size === null ? '-' : sizeText(row.size),
          row.owner ?? '-',
          shortPath({ file: row.config }, app.cwd),
        ]),
      ],
      '',
    ),
  )
}

/** In every engine that answers. Throws `engine-unreachable` where none does. */
export const clustersHere = async (app: App): Promise<readonly OurCluster[]> => {
  const run = runOf(app)
  const engines = await answeringEngines(run, app.env)
  return ourClusters(engines.length > 0 ? engines : [await chooseEngine('auto', run, app.env)])
}

const rowOf = ({ marker, engine, containers, expiresAt }: OurCluster, size: number | undefined): Row => ({
  name: marker.name,
  engine: engine.name,
  nodes: containers.length,
  running: containers.filter(({ running, paused }) => running && paused !== true).length,
  paused: containers.filter(({ paused }) => paused === true).length,
  created: isoOf(marker.madeAt),
  expires: isoOf(expiresAt),
  owner: marker.owner ?? null,
  config: marker.config,
  size: size ?? null,
})

const isoOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString())

const nodesText = ({ nodes, running, paused }: Row): string =>
  nodes === 0
    ? 'none'
    : running === nodes
      ? String(nodes)
      : paused === nodes
        ? `${nodes} paused`
        : `${running} of ${nodes} run`

const ttlText = (left: number): string => (left > 0 ? `${ageText(left)} left` : `over for ${ageText(-left)}`)

const sizeText = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`
