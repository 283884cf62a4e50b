import type { Config, Labels } from '../core/config/config.ts'
import { namedNodes, nodesWith, taintsOf } from '../cluster/images/may-run.ts'
import type { Placement, Toleration } from './addon.ts'

/** A placement as a pod says it: the labels, and a toleration for every taint of the nodes that carry them. */
export const placementOf = (config: Config, labels: Labels): Placement => {
  const nodes = namedNodes(config.name, config.cluster.nodes)
  const tolerations = new Map<string, Toleration>()
  for (const node of nodesWith(labels, nodes))
    for (const { key, value, effect } of taintsOf(node, nodes))
      tolerations.set(
        `${key}=${value}:${effect}`,
        value === '' ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect },
      )
  return { nodeSelector: labels, tolerations: [...tolerations.values()] }
}
