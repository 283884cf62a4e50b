import type { Config, Labels } from '../config/config.ts'
import { namedNodes, nodesWith, type NamedNode } from '../cluster/nodes/may-run.ts'

const mapsHttp = (node: NamedNode): boolean =>
  node.ports.some(({ nodePort, protocol }) => nodePort === 80 && protocol === 'tcp')

/**
 * The name of the node where requests from this machine arrive: the one that maps node port 80 (of several, one that
 * also carries the asked labels), or the control plane, which gets the ports when no node of the file maps them.
 */
export const ingressNode = (config: Config, placement: Labels | undefined): string => {
  const nodes = namedNodes(config.name, config.cluster.nodes)
  const mapped = nodes.filter(mapsHttp)
  const candidates = mapped.length > 0 ? mapped : nodes.filter(({ role }) => role === 'control-plane')
  const [chosen] = [...nodesWith(placement ?? {}, candidates), ...candidates]
  return chosen?.container ?? `${config.name}-control-plane`
}

/** Why the ingress could never run where it is asked to, or undefined. */
export const misplaced = (config: Config, placement: Labels): string | undefined => {
  // Raw kind nodes may carry labels and ports that nothing here knows of.
  if (config.cluster.kind['nodes'] !== undefined) return undefined
  const { context, existing } = config.cluster
  if (context !== undefined && existing?.givesAddresses !== false) return undefined
  const nodes = namedNodes(config.name, config.cluster.nodes)
  const node = ingressNode(config, placement)
  if (nodesWith(placement, nodes).some(({ container }) => container === node)) return undefined
  const labels = Object.entries(placement).map(([key, value]) => `${key}=${value}`)
  return `The ingress must run on ${node}, the node that maps node port 80, and that one is not labelled ${labels.join(', ')}.`
}
