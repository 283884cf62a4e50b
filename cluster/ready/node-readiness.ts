import type { Verdict } from '../../core/wait.ts'
import type { KubeObject, Pod } from '../kube/models.ts'
import type { NodeStarts } from './node-starts.ts'
import { podTrouble } from './pod-trouble.ts'
import { conditionOf } from './pod.ts'
import { isHeard, wasRestarted } from './node-starts.ts'

/** What keeps a node from being Ready, undefined when nothing does. */
export const notReady = (node: KubeObject): string | undefined => {
  const ready = conditionOf(node, 'Ready')
  if (ready?.status === 'True') return undefined
  const why = ready?.message || ready?.reason || 'its kubelet has not spoken yet'
  // What every new node says at length until kindnetd has written its configuration.
  return why.includes('cni plugin not initialized') ? 'its network is not set up yet' : why
}

/** Nodes, their Leases and the pods of kube-system, as the API tells of them. */
export type NodesLive = {
  readonly nodes: readonly KubeObject[]
  readonly leases: readonly KubeObject[]
  readonly pods: readonly Pod[]
}

/**
 * What is wrong with a node that has joined, undefined when nothing is. One that was started again counts once it has spoken
 * since, and the cluster's own pods run on it again: DNS, the network, the proxy.
 */
export const nodeTrouble = (node: KubeObject, { leases, pods }: NodesLive, starts: NodeStarts): string | undefined => {
  const { name } = node.metadata
  if (
    !isHeard(
      node,
      leases.find((lease) => lease.metadata.name === name),
      starts,
    )
  )
    return 'nothing was heard of it since it was started'
  const why = notReady(node)
  if (why !== undefined || !wasRestarted(node, starts)) return why
  for (const pod of pods) {
    const isHere = pod.spec?.nodeName === name && pod.metadata.deletionTimestamp === undefined
    const trouble = isHere && pod.status?.phase !== 'Failed' ? podTrouble(pod, [], { starts }) : undefined
    if (trouble) return `pod ${pod.metadata.name} of kube-system: ${trouble.line}`
  }
  return undefined
}

/** Why no pod can resolve a name: all pods of CoreDNS are there, and none is ready. Undefined where one is, and where there are none. */
export const dnsTrouble = (pods: readonly Pod[]): string | undefined => {
  const servers = pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns')
  if (servers.length === 0 || servers.some((pod) => conditionOf(pod, 'Ready')?.status === 'True')) return undefined
  const [told] = servers.flatMap((pod) => {
    const trouble = podTrouble(pod, [], {})
    return trouble ? [`: pod ${pod.metadata.name}: ${trouble.line}`] : []
  })
  return `the DNS of the cluster does not answer${told ?? ''}`
}

/** How the nodes of those names stand, all of them together. */
export const nodesVerdict = (
  names: readonly string[],
  live: NodesLive,
  starts: NodeStarts,
): Verdict<readonly KubeObject[]> => {
  const byName = new Map(live.nodes.map((node) => [node.metadata.name, node]))
  const waiting = names.flatMap((name) => {
    const node = byName.get(name)
    const why = node ? nodeTrouble(node, live, starts) : 'has not joined yet'
    return why === undefined ? [] : [`${name}: ${why}`]
  })
  return waiting.length === 0
    ? { done: names.flatMap((name) => byName.get(name) ?? []) }
    : {
        waiting:
          waiting.length === 1
            ? waiting[0]!
            : `${waiting.length} of ${names.length} nodes are not ready (${waiting[0]})`,
      }
}
