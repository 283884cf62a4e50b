import type { Config, PortConfig } from '../../core/config/config.ts'
import { differs, hashOf } from '../../core/fingerprint.ts'
import type { Fingerprint } from '../../core/fingerprint.ts'
import type { RecordEntry } from '../record/record.ts'

/** What of the file a cluster is built from and keeps for its life: engines and kubeadm change none of it afterwards. */
export const builtFrom = ({ cluster }: Config): Fingerprint => ({
  nodes: hashOf(cluster.nodes.map(({ role }) => role)),
  // As the file has them: what was free instead is no change of the file.
  ports: hashOf(cluster.nodes.map(({ ports }) => ports.map(asWritten))),
  mounts: hashOf(cluster.nodes.map(({ mounts }) => mounts)),
  // As it is written: a newer kind may know a newer patch of the same minor, and that is no reason to begin again.
  kubernetes: hashOf(cluster.kubernetes ?? ''),
  kind: hashOf(cluster.kind),
})

const asWritten = ({ address, hostPort, nodePort, protocol }: PortConfig): PortConfig => ({
  address,
  hostPort,
  nodePort,
  protocol,
})

const words: Readonly<Record<string, string>> = {
  nodes: 'other nodes or roles',
  ports: 'other host ports',
  mounts: 'other mounts',
  kubernetes: 'another Kubernetes version',
  kind: 'other raw kind keys',
}

/** What the file has that the cluster was not built from, as a clause; undefined when nothing differs. */
export const builtOtherwise = (config: Config, entry: RecordEntry | undefined): string | undefined => {
  const before = builtIn(entry)
  const names = before && differs(before, builtFrom(config))
  if (!names) return undefined
  const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(names.map((name) => words[name] ?? name))
  return `the file has ${list} than the cluster was made with`
}

/** What the entry of `cluster/nodes` says that the cluster was built from. */
const builtIn = (entry: RecordEntry | undefined): Fingerprint | undefined => {
  const undo = entry?.undo
  const built = undo !== null && typeof undo === 'object' && 'built' in undo ? undo.built : undefined
  return built !== null && typeof built === 'object' ? (built as Fingerprint) : undefined
}

export const nodesStep = { id: 'cluster/nodes', title: 'Nodes', kind: 'cluster', needs: ['cluster/api'] } as const
