import type { Labels } from '../core/config/config.ts'
import { nodesWith, taintsOf, type NamedNode } from '../cluster/images/may-run.ts'
import type { Rules, Toleration } from './transform/rules.ts'

/** A placement as pods say it: the selector, and a toleration for every taint that the chosen nodes have. */
export const placementRule = (placement: Labels, nodes: readonly NamedNode[]): NonNullable<Rules['placement']> => {
  const tolerations = nodesWith(placement, nodes)
    .flatMap((node) => taintsOf(node, nodes))
    .map(({ key, value, effect }): Toleration => ({ key, operator: 'Equal', value, effect }))
  const once = tolerations.filter(
    (one, index) => tolerations.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index,
  )
  return { nodeSelector: placement, tolerations: once }
}
