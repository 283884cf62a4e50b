import { median } from '../../core/median.ts'
import { table } from '../../core/print/table.ts'

/** What was measured of one thing, once a round, in its unit. */
export type Figures = ReadonlyMap<string, readonly number[]>

/** One thing that is measured: its key, what a reader calls it, and its unit. */
type Measure = { readonly key: string; readonly title: string; readonly unit: 's' | 'MB' | 'processes' }

const measures: readonly Measure[] = [
  { key: 'raw', title: '`kind create cluster --wait`, the same nodes', unit: 's' },
  { key: 'load', title: "`kind load` of the add-ons' images to all nodes", unit: 's' },
  { key: 'slowest', title: 'the slowest add-on alone, stock values', unit: 's' },
  { key: 'slowest-load', title: 'its images, by `kind load`', unit: 's' },
  { key: 'sequential', title: 'create, load, three add-ons, one after the other', unit: 's' },
  { key: 'raw-down', title: '`kind delete cluster`', unit: 's' },
  { key: 'up', title: '`up` from nothing, images built before', unit: 's' },
  { key: 'up-memory', title: 'its memory at most', unit: 'MB' },
  { key: 'up-processes', title: 'programs that it calls', unit: 'processes' },
  { key: 'up-bytes', title: 'content that the nodes got beyond their image', unit: 'MB' },
  { key: 'noop', title: '`up` again, nothing changed', unit: 's' },
  { key: 'noop-memory', title: 'its memory at most', unit: 'MB' },
  { key: 'noop-processes', title: 'programs that it calls', unit: 'processes' },
  { key: 'change', title: '`up` after a changed line of one service', unit: 's' },
  { key: 'saved', title: 'a saved line until it serves, `up --watch`', unit: 's' },
  { key: 'save', title: '`snapshot save`', unit: 's' },
  { key: 'reset', title: '`reset` after a deleted namespace', unit: 's' },
  { key: 'save-file', title: '`snapshot save --file`', unit: 's' },
  { key: 'file-bytes', title: 'the file, with the images that no registry brings', unit: 'MB' },
  { key: 'from-file', title: '`up --snapshot` of that file from nothing', unit: 's' },
  { key: 'pause', title: '`pause`', unit: 's' },
  { key: 'resume', title: '`resume`', unit: 's' },
  { key: 'down', title: '`down`', unit: 's' },
  { key: 'direct', title: 'save until served, applied directly (`up --watch`)', unit: 's' },
  { key: 'direct-said', title: 'until `up --watch` says so: ready, and it stays', unit: 's' },
  { key: 'argocd', title: 'save until served by Argo CD (`sync --watch`)', unit: 's' },
  { key: 'argocd-said', title: 'until `sync --watch` says so: synced, ready and healthy', unit: 's' },
  { key: 'flux', title: 'save until served by Flux (`sync --watch`)', unit: 's' },
  { key: 'flux-said', title: 'until `sync --watch` says so: synced and ready', unit: 's' },
  { key: 'git-argocd', title: 'save, commit, push, refresh of Argo CD, until served', unit: 's' },
  { key: 'git-argocd-push', title: 'commit and push of it', unit: 's' },
  { key: 'git-flux', title: 'save, commit, push, reconcile of Flux, until served', unit: 's' },
  { key: 'git-flux-push', title: 'commit and push of it', unit: 's' },
  { key: 'python', title: 'save until served, Python that reloads, `sync: auto`', unit: 's' },
  { key: 'python-said', title: 'until `up --watch` says so: no container and no node without it', unit: 's' },
  { key: 'node', title: 'save until served, `node --watch`, `sync: auto`', unit: 's' },
  { key: 'node-said', title: 'until `up --watch` says so', unit: 's' },
  { key: 'built', title: 'save until served, a small image built and rolled out', unit: 's' },
  { key: 'built-after-build', title: 'of it after the build', unit: 's' },
  { key: 'built-said', title: 'until `up --watch` says so: ready, and it stays', unit: 's' },
  { key: 'large', title: 'the same of an image of 1 GB', unit: 's' },
  { key: 'large-after-build', title: 'of it after the build', unit: 's' },
  { key: 'large-bytes', title: 'content that the node got', unit: 'MB' },
  { key: 'large-said', title: 'until `up --watch` says so', unit: 's' },
]

/** `0.71` of the medians of rounds, each round against itself: what is slow in one is so for both. */
export const ratio = (figures: Figures, above: readonly string[], below: readonly string[]): number | undefined => {
  const rounds = Math.min(...[...above, ...below].map((key) => figures.get(key)?.length ?? 0))
  const sum = (keys: readonly string[], round: number): number =>
    keys.reduce((total, key) => total + (figures.get(key)?.[round] ?? 0), 0)
  return median(Array.from({ length: rounds }, (_, round) => sum(above, round) / sum(below, round)))
}

/** What a way takes beyond applying directly, in seconds: the median of rounds, each against its own. */
export const overDirect = (figures: Figures, way: string, than = 'direct'): number | undefined => {
  const direct = figures.get(than) ?? []
  const beyond = (figures.get(way) ?? []).flatMap((seconds, round) => {
    const other = direct[round]
    return other === undefined ? [] : [seconds - other]
  })
  return median(beyond)
}

/** What so many of 100 values are not above; undefined of none. */
export const percentile = (values: readonly number[], of: number): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil((values.length * of) / 100) - 1)]

/** A table of Markdown: the median, and the least and the most. */
export const figureTable = (figures: Figures): string => {
  const rows = measures.flatMap(({ key, title, unit }) => {
    const values = figures.get(key) ?? []
    const middle = median(values)
    if (middle === undefined) return []
    const shown = (value: number): string => value.toFixed(unit === 's' ? 1 : 0)
    const range = `${shown(Math.min(...values))} to ${shown(Math.max(...values))}`
    return [['|', title, '|', `${shown(middle)} ${unit}`, '|', range, '|', String(values.length), '|']]
  })
  const head = ['|', 'measured', '|', 'median', '|', 'from, to', '|', 'rounds', '|']
  return table([head, ['|', '---', '|', '---', '|', '---', '|', '---', '|'], ...rows], '')
}
