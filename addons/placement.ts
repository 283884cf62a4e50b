import { namedNodes } from '../cluster/nodes/may-run.ts'
import type { Config, Labels } from '../config/config.ts'
import { placementRule } from '../manifests/placement.ts'
import type { Placement } from '../manifests/transform/rules.ts'

/** A placement as a pod of the file's cluster says it. */
export const placementOf = (config: Config, labels: Labels): Placement =>
  placementRule(labels, namedNodes(config.name, config.cluster.nodes))
