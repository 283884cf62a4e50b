import { nodesWith, taintsOf, type NamedNode } from '../cluster/nodes/may-run.ts'
import type { Labels } from '../config/config.ts'
import type { Placement } from './transform/rules.ts'

/** A placement as pods say it: the selector, and a toleration for every taint that the chosen nodes have. */
export const placementRule = (placement: Labels, nodes: readonly NamedNode[]): Placement => {
  const taints = nodesWith(placement, nodes).flatMap((node) => taintsOf(node, nodes))
  const once = new Map(taints.map((taint) => [`${taint.key}=${taint.value}:${taint.effect}`, taint]))
  return {
    nodeSelector: placement,
    tolerations: [...once.values()].map(({ key, value, effect }) =>
      value === '' ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect },
    ),
  }
}
