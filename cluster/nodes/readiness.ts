import type { Verdict } from '../../core/wait.ts'
import type { KubeObject } from '../kube/kube.ts'
import { conditionOf } from '../ready/pod.ts'

/** What keeps a node from being Ready, undefined when nothing does. */
export const notReady = (node: KubeObject): string | undefined => {
  const ready = conditionOf(node, 'Ready')
  if (ready?.status === 'True') return undefined
  const why = ready?.message || ready?.reason || 'its kubelet has not spoken yet'
  // What every new node says at length until kindnetd has written its configuration.
  return why.includes('cni plugin not initialized') ? 'its network is not set up yet' : why
}

/** How the nodes of those names stand, all of them together. */
export const nodesVerdict = (
  names: readonly string[],
  nodes: readonly KubeObject[],
): Verdict<readonly KubeObject[]> => {
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]))
  const waiting = names.flatMap((name) => {
    const node = byName.get(name)
    const why = node ? notReady(node) : 'has not joined yet'
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
