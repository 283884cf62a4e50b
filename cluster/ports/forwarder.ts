import type { PortConfig } from '../../config/config.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { clusterKey, clusterLabel } from '../ownership-marker.ts'
import { showPort } from '../../config/parse/port.ts'

/** On a container that leads one host port to a node: the mapping as the file has it, and the node. */
export const mappingLabel = 'dev.kindup.port'
const nodeLabel = 'dev.kindup.port-of'

/** Each is a container of its own. */
export const mostForwarders = 20

/**
 * A container of its own for one mapping that came after its node was made: engines publish no port of a container that
 * runs. One for each, so that a change of one port cuts no connection of another.
 */
export type Forwarder = {
  readonly container: Container
  /** The container of the node that it leads to. */
  readonly node: string
  /** The mapping, as the file has it. */
  readonly written: string
}

export const labelsOf = (cluster: string, node: string, port: PortConfig): Readonly<Record<string, string>> => ({
  [clusterKey]: cluster,
  [nodeLabel]: node,
  [mappingLabel]: showPort(port),
})

/** What no two mappings of a cluster share: `dev-port-8080`, `dev-port-any-80-worker2-udp`, `dev-port-8080-0.0.0.0`. */
export const forwarderName = (
  cluster: string,
  node: string,
  { address, hostPort, nodePort, protocol }: PortConfig,
): string =>
  [
    cluster,
    'port',
    // Of any free port each node may have one.
    hostPort === 0 ? `any-${nodePort}-${node.replace(`${cluster}-`, '')}` : hostPort,
    ...(protocol === 'tcp' ? [] : [protocol]),
    ...(address === '127.0.0.1' ? [] : [address.replaceAll(':', '_')]),
  ].join('-')

export const forwardersOf = async (engine: Engine, cluster: string): Promise<readonly Forwarder[]> =>
  (await engine.containers(clusterLabel(cluster))).flatMap((container) => {
    const [node, written] = [container.labels[nodeLabel], container.labels[mappingLabel]]
    return node === undefined || written === undefined ? [] : [{ container, node, written }]
  })

/** The nodes of a cluster with the ports that lead to them, whichever container they are published of; then the forwarders themselves. */
export const withForwarders = (nodes: readonly Container[], forwarders: readonly Forwarder[]): readonly Container[] => [
  ...nodes.map((container) => ({
    ...container,
    ports: [
      ...container.ports,
      ...forwarders.filter(({ node }) => node === container.name).flatMap((one) => one.container.ports),
    ],
  })),
  ...forwarders.map(({ container }) => container),
]
