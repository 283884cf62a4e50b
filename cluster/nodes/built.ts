import type { Config } from '../../core/config/config.ts'
import { differs, hashOf } from '../../core/fingerprint.ts'
import type { Fingerprint } from '../../core/fingerprint.ts'
import type { RecordEntry } from '../record/record.ts'

/** What of the file a cluster is built from and keeps for its life: engines and kubeadm change none of it afterwards. */
export const builtFrom = ({ cluster }: Config): Fingerprint => ({
  nodes: hashOf(cluster.nodes.map(({ role }) => role)),
  ports: hashOf(cluster.nodes.map(({ ports }) => ports)),
  mounts: hashOf(cluster.nodes.map(({ mounts }) => mounts)),
  // As it is written: a newer kind may know a newer patch of the same minor, and that is no reason to begin again.
  kubernetes: hashOf(cluster.kubernetes ?? ''),
  kind: hashOf(cluster.kind),
})

const words: Readonly<Record<string, string>> = {
  nodes: 'the number or the roles of the nodes',
  ports: 'host ports',
  mounts: 'mounts',
  kubernetes: 'the Kubernetes version',
  kind: 'the raw kind keys',
}

/** What in the file differs from what the cluster was built from, in words; undefined when nothing does. */
export const builtOtherwise = (config: Config, entry: RecordEntry | undefined): string | undefined => {
  const before = builtIn(entry)
  const names = before && differs(before, builtFrom(config))
  return names && new Intl.ListFormat('en', { type: 'conjunction' }).format(names.map((name) => words[name] ?? name))
}

/** What the entry of `cluster/nodes` says that the cluster was built from. */
export const builtIn = (entry: RecordEntry | undefined): Fingerprint | undefined => {
  const undo = entry?.undo
  const built = undo !== null && typeof undo === 'object' && 'built' in undo ? undo.built : undefined
  return built !== null && typeof built === 'object' ? (built as Fingerprint) : undefined
}

export const nodesStep = { id: 'cluster/nodes', title: 'Nodes', kind: 'cluster', needs: ['cluster/api'] } as const
