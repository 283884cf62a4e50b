import { isRecord } from '../../core/is-record.ts'
import { mapsAt, textAt, textListAt, textsAt, valueAt } from '../../core/fields.ts'
import type { Config } from '../../config/config.ts'
import { differs, hashOf } from '../../core/fingerprint.ts'
import type { Fingerprint } from '../../core/fingerprint.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Kube } from '../kube/kube.ts'
import { showClaim } from '../kube/show-claim.ts'
import type { InventoryEntry } from '../inventory/inventory.ts'

/** What of the file a cluster is built from and keeps for its life: engines and kubeadm change none of it afterwards. */
export const builtFrom = ({ cluster }: Config): Fingerprint => ({
  nodes: hashOf(cluster.nodes.map(({ role }) => role)),
  mounts: hashOf(cluster.nodes.map(({ mounts }) => mounts)),
  // As it is written: a newer kind may know a newer patch of the same minor, and that is no reason to begin again.
  kubernetes: hashOf(cluster.kubernetes ?? ''),
  kind: hashOf(cluster.kind),
})

/** The same in words, for who has to be told what differs. */
type Shape = {
  readonly nodes: readonly {
    readonly role: string
    readonly mounts: readonly string[]
  }[]
  readonly kubernetes: string
  /** Hashes of raw kind keys, by path: `networking.podSubnet`. A record of an earlier kindup has none. */
  readonly kind?: Readonly<Record<string, string>>
}

const shapeOf = ({ cluster }: Config): Shape => ({
  nodes: cluster.nodes.map(({ role, mounts }) => ({
    role,
    mounts: mounts.map(({ hostPath, nodePath, readOnly }) => `${hostPath}:${nodePath}${readOnly ? ':ro' : ''}`),
  })),
  kubernetes: cluster.kubernetes ?? '',
  kind: leavesOf(cluster.kind),
})

const leavesOf = (value: Readonly<Record<string, unknown>>, above = ''): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      isRecord(inner) && Object.keys(inner).length > 0
        ? Object.entries(leavesOf(inner, `${above}${key}.`))
        : [[`${above}${key}`, hashOf(inner)]],
    ),
  )

/** What the record of `cluster/nodes` remembers of how the cluster was made. */
export const builtUndo = (config: Config): { readonly built: Fingerprint; readonly shape: Shape } => ({
  built: builtFrom(config),
  shape: shapeOf(config),
})

const words: Readonly<Record<string, string>> = {
  nodes: 'other nodes or roles',
  mounts: 'other mounts',
  kubernetes: 'another Kubernetes version',
  kind: 'other raw kind keys',
}

/** Why only a new cluster has it. */
const reasons: Readonly<Record<string, string>> = {
  nodes: 'control planes share an etcd that is made with them',
  mounts: 'engines mount nothing into a container that runs',
  kubernetes: 'nodes keep the image that they were made from',
  kind: 'kind reads its keys when it makes the nodes',
}

/** How the file differs from what the cluster was built from, as a clause; undefined when nothing does, or no more than can be changed in place. */
export const builtOtherwise = (config: Config, entry: InventoryEntry | undefined): string | undefined => {
  const before = builtIn(entry)
  const names = before && differs(before, builtFrom(config))?.filter((name) => name in words)
  if (!names || names.length === 0 || differsInWorkers(config, entry)) return undefined
  const shape = shapeIn(entry)
  const told = shape ? differences(shape, shapeOf(config)) : []
  // Mounts are those of each node: with other nodes they differ by themselves.
  const bare = names.filter((name) => !names.includes('nodes') || name !== 'mounts')
  const parts = [
    ...told,
    ...(told.length === 0 ? bare : bare.filter((name) => name === 'kind' && !shape?.kind)).map(
      (name) => words[name] ?? name,
    ),
  ]
  const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(parts)
  const why = bare.flatMap((name) => reasons[name] ?? [])
  return `the file has ${list}, and the cluster was made otherwise (${why.join('; ')})`
}

/**
 * Whether the file has workers more or less than the cluster was built with, and differs in nothing else: those can be
 * joined and removed. Which ones is told by their names, which count up: the last ones are new, or go.
 */
export const differsInWorkers = (config: Config, entry: InventoryEntry | undefined): boolean => {
  const [built, now, before, after] = [builtIn(entry), builtFrom(config), shapeIn(entry), shapeOf(config)]
  if (!built || !before || built['kubernetes'] !== now['kubernetes'] || built['kind'] !== now['kind']) return false
  // Raw nodes of kind's own are counted with them.
  if ('nodes' in config.cluster.kind) return false
  const [oldPlanes, planes] = [before, after].map(({ nodes }) => nodes.filter(({ role }) => role !== 'worker'))
  const [oldWorkers = [], workers = []] = [before, after].map(({ nodes }) =>
    nodes.filter(({ role }) => role === 'worker'),
  )
  const count = Math.min(oldWorkers.length, workers.length)
  return (
    oldWorkers.length !== workers.length &&
    hashOf(oldPlanes) === hashOf(planes) &&
    hashOf(oldWorkers.slice(0, count)) === hashOf(workers.slice(0, count))
  )
}

/** How many nodes the cluster was built with, where the record tells. */
export const builtCount = (entry: InventoryEntry | undefined): number | undefined => shapeIn(entry)?.nodes.length

const differences = (before: Shape, now: Shape): readonly string[] => {
  const roles = [...new Set([...before.nodes, ...now.nodes].map(({ role }) => role))]
  return [
    ...roles.flatMap((role) => {
      const [old, wanted] = [before, now].map(({ nodes }) => nodes.filter((node) => node.role === role))
      const pairs = (wanted ?? []).flatMap((node, index) => {
        const other = old?.[index]
        return other ? [{ node, other, name: `${role}${(wanted ?? []).length > 1 ? ` ${index + 1}` : ''}` }] : []
      })
      return [
        ...counted((wanted ?? []).length - (old ?? []).length, role),
        ...pairs.flatMap(({ node, other, name }) => [
          ...less(node.mounts, other.mounts).map((mount) => `the mount ${mount} on the ${name}`),
          ...less(other.mounts, node.mounts).map((mount) => `no mount ${mount} on the ${name}`),
        ]),
      ]
    }),
    ...(before.kubernetes === now.kubernetes
      ? []
      : [`Kubernetes ${now.kubernetes || 'of the default'} instead of ${before.kubernetes || 'the default'}`]),
    ...(before.kind ? keysOf(before.kind, now.kind ?? {}) : []),
  ]
}

const keysOf = (before: NonNullable<Shape['kind']>, now: NonNullable<Shape['kind']>): readonly string[] => [
  ...Object.keys(now)
    .filter((key) => before[key] !== now[key])
    .map((key) => `${key in before ? 'another' : 'the raw key'} kind.${key}`),
  ...less(Object.keys(before), Object.keys(now)).map((key) => `no kind.${key}`),
]

const counted = (more: number, role: string): readonly string[] =>
  more === 0 ? [] : [`${Math.abs(more)} ${role}${Math.abs(more) > 1 ? 's' : ''} ${more > 0 ? 'more' : 'less'}`]

const less = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some.filter((one) => !others.includes(one))

const shapeIn = (entry: InventoryEntry | undefined): Shape | undefined => {
  const nodes = valueAt(entry?.undo, 'shape', 'nodes')
  if (!Array.isArray(nodes)) return undefined
  const kind = valueAt(entry?.undo, 'shape', 'kind')
  return {
    nodes: mapsAt(nodes).map((node) => ({
      role: textAt(node, 'role') ?? '',
      mounts: textListAt(node, 'mounts'),
    })),
    kubernetes: textAt(entry?.undo, 'shape', 'kubernetes') ?? '',
    ...(isRecord(kind) && { kind: textsAt(kind) }),
  }
}

/** What `up` refuses: with what differs, what would be lost, and what does it all the same. */
export const recreateNeeded = async (kube: Kube, other: string): Promise<EnvironmentError> => {
  const claims = await kube.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' })
  const data = claims.length === 0 ? '' : `, the data of ${claims.map(showClaim).join(', ')} too`
  return new EnvironmentError('recreate-needed', `This cannot be changed in place: ${other}.`, {
    hints: [
      `kindup up --recreate   # deletes the cluster and makes it again: what was put into it by hand is lost${data}`,
      'Or undo the change in the file.',
    ],
  })
}

/** What the entry of `cluster/nodes` says that the cluster was built from. */
const builtIn = (entry: InventoryEntry | undefined): Fingerprint | undefined => {
  const built = valueAt(entry?.undo, 'built')
  return isRecord(built) ? textsAt(built) : undefined
}
