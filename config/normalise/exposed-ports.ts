import { mapsAt } from '../../core/fields.ts'
import type { NodeConfig, PortConfig, ServiceConfig } from '../config.ts'

/**
 * Node ports for what services expose themselves by: Kubernetes gives out others by itself (it keeps 30000 to 30085 for
 * those that somebody names), and 30080 is what charts like to name.
 */
const first = 30_010
const count = 70

/**
 * Maps host ports under `expose` that no node maps, on the first control plane. `kind` are raw keys that may map them
 * already. The node port follows from the host port, so that another service in the file moves none.
 */
export const mapExposedPorts = (
  nodes: readonly NodeConfig[],
  services: readonly ServiceConfig[],
  kind: Readonly<Record<string, unknown>>,
): readonly NodeConfig[] => {
  const raw = rawHostPorts(kind)
  const mapped = nodes.flatMap(({ ports }) => ports).filter(({ protocol }) => protocol === 'tcp')
  const asked = services.flatMap(({ expose }) => expose.flatMap(({ hostPort }) => hostPort ?? []))
  const lacking = [...new Set(asked)].filter(
    (port) =>
      !raw.includes(port) &&
      !mapped.some(({ hostPort }) => hostPort === port) &&
      // Any free one can be told apart from another only where it is alone.
      (port !== 0 || asked.filter((one) => one === 0).length === 1),
  )
  const taken = new Set(mapped.map(({ nodePort }) => nodePort))
  const added = lacking.flatMap((hostPort): readonly PortConfig[] => {
    const nodePort = Array.from({ length: count }, (_, step) => first + ((hostPort + step) % count)).find(
      (port) => !taken.has(port),
    )
    if (nodePort === undefined) return []
    taken.add(nodePort)
    return [{ address: '127.0.0.1', hostPort, nodePort, protocol: 'tcp' }]
  })
  const at = nodes.findIndex(({ role }) => role === 'control-plane')
  return added.length === 0
    ? nodes
    : nodes.map((node, index) => (index === at ? { ...node, ports: [...node.ports, ...added] } : node))
}

const rawHostPorts = (kind: Readonly<Record<string, unknown>>): readonly unknown[] =>
  mapsAt(kind, 'nodes').flatMap((node) => mapsAt(node, 'extraPortMappings').map(({ hostPort }) => hostPort))
