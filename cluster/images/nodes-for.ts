import type { Config } from '../../core/config/config.ts'
import type { ResolvedImage } from './images.ts'
import { nodesThatMayRun, nodesWith, taintsOf, type NamedNode } from './may-run.ts'

/**
 * The node containers that may run an image, as far as the file tells: those of its service's placement, or else those
 * that take pods in general. Who has rendered the objects knows better.
 */
export const nodesFor = (config: Config, image: ResolvedImage, nodes: readonly NamedNode[]): readonly string[] => {
  const service = config.services.find(({ name }) => name === image.key)
  // Placement brings the tolerations of the nodes it chooses.
  const chosen = service?.placement ? nodesWith(service.placement, nodes) : nodesThatMayRun({}, nodes)
  const usable = chosen.length > 0 ? chosen : nodes.filter((node) => taintsOf(node, nodes).length > 0)
  return usable.map(({ container }) => container)
}
