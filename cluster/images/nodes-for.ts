import type { Config } from '../../config/config.ts'
import type { ResolvedImage } from './images.ts'
import { nodesThatMayRun, nodesWith, type NamedNode } from '../nodes/may-run.ts'

/**
 * The node containers that may run an image, as far as the file tells: those of its service's placement, or else those
 * that take pods in general. An image that others are built from, and no service's own, goes to none. This is for
 * sending early; who deploys knows the objects, and sends what is missing then.
 */
export const nodesFor = (
  config: Config,
  image: ResolvedImage,
  images: readonly ResolvedImage[],
  nodes: readonly NamedNode[],
): readonly string[] => {
  const service = config.services.find(({ name }) => name === image.key)
  if (!service && images.some(({ bases }) => bases?.includes(image.key))) return []
  // Placement brings the tolerations of the nodes it chooses.
  const chosen = service?.placement ? nodesWith(service.placement, nodes) : nodesThatMayRun({}, nodes)
  return chosen.map(({ container }) => container)
}
