import type { Labels, NodeConfig, Taint } from '../../config/config.ts'

/** A node of the file with the name that kind gives it, which is its container's too. */
export type NamedNode = NodeConfig & { readonly container: string }

/** As pods write it; what is left out has Kubernetes' defaults. */
export type Toleration = {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
}

/** What of a pod's spec decides where it may run. */
export type PodPlacement = { readonly nodeSelector?: Labels; readonly tolerations?: readonly Toleration[] }

const controlPlane = 'node-role.kubernetes.io/control-plane'

/** Names the nodes as kind does: `<cluster>-control-plane`, `-worker`, `-worker2`, each role counted by itself. */
export const namedNodes = (cluster: string, nodes: readonly NodeConfig[]): readonly NamedNode[] => {
  const counts = { 'control-plane': 0, worker: 0 }
  return nodes.map((node) => {
    const count = ++counts[node.role]
    return { ...node, container: node.name ?? `${cluster}-${node.role}${count === 1 ? '' : count}` }
  })
}

/** The labels a node will carry: the file's, and those that Kubernetes gives it. */
const labelsOf = (node: NamedNode): Labels => ({
  'kubernetes.io/os': 'linux',
  'kubernetes.io/hostname': node.container,
  ...(node.role === 'control-plane' ? { [controlPlane]: '' } : {}),
  ...node.labels,
})

/** The taints a node will carry. kubeadm taints control planes; kind takes that away when the cluster is one node. */
export const taintsOf = (node: NamedNode, nodes: readonly NodeConfig[]): readonly Taint[] =>
  // One that was there before tells its taints itself.
  node.role === 'control-plane' && nodes.length > 1 && node.name === undefined
    ? [{ key: controlPlane, value: '', effect: 'NoSchedule' }, ...node.taints]
    : node.taints

export const nodesWith = (labels: Labels, nodes: readonly NamedNode[]): readonly NamedNode[] =>
  nodes.filter((node) => {
    const own = labelsOf(node)
    // What only the running node knows (its architecture, labels set by hand) excludes nothing here.
    return Object.entries(labels).every(
      ([key, value]) => own[key] === value || (own[key] === undefined && foreign(key)),
    )
  })

const foreign = (key: string): boolean => /(^|\.)(kubernetes|k8s)\.io\//.test(key) && key !== controlPlane

/** The nodes where the scheduler may put such a pod, by node selector, taints and tolerations. */
export const nodesThatMayRun = (pod: PodPlacement, nodes: readonly NamedNode[]): readonly NamedNode[] =>
  nodesWith(pod.nodeSelector ?? {}, nodes).filter((node) =>
    taintsOf(node, nodes)
      .filter(({ effect }) => effect !== 'PreferNoSchedule')
      .every((taint) => (pod.tolerations ?? []).some((toleration) => tolerates(toleration, taint))),
  )

/** Whether a pod with this toleration may run beside that taint. */
export const tolerates = (
  { key = '', operator = 'Equal', value = '', effect = '' }: Toleration,
  taint: Pick<Taint, 'key'> & { readonly value?: string; readonly effect: string },
): boolean =>
  (effect === '' || effect === taint.effect) &&
  (operator === 'Exists' ? key === '' || key === taint.key : key === taint.key && value === (taint.value ?? ''))
