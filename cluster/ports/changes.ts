import type { EngineName, PortConfig } from '../../config/config.ts'
import { portsClash, showPort } from '../../config/parse/port.ts'
import type { Container } from '../engine/engine.ts'
import { apiPort } from '../kind/endpoint.ts'
import type { NamedNode } from '../nodes/may-run.ts'
import type { Forwarder } from './forwarder.ts'

type Published = Container['ports'][number]

/** How the ports of the file differ from those that lead to the nodes. */
export type PortChanges = {
  /** Mappings that nothing leads by yet, and those whose forwarder does not run. */
  readonly add: readonly { readonly node: string; readonly port: PortConfig; readonly stopped?: Forwarder }[]
  readonly remove: readonly Forwarder[]
  /** Mappings that a node was made with, and that the file no longer has: they are bound for as long as the node is there. */
  readonly left: readonly { readonly container: string; readonly port: Published }[]
  /** Mappings of the file that want a host port of those. */
  readonly blocked: readonly { readonly node: string; readonly port: PortConfig; readonly by: string }[]
}

type Known = {
  readonly forwarders: readonly Forwarder[]
  readonly engine: EngineName
  /** The machine of the engine, where that is another one: ports are bound to every address of it. */
  readonly host?: string | undefined
}

/** `nodes` are those of the file; nothing is said of nodes that it does not have, or that have no container yet. */
export const portChanges = (
  nodes: readonly NamedNode[],
  containers: readonly Container[],
  { forwarders, engine, host }: Known,
): PortChanges => {
  const made = nodes.flatMap((node) => {
    const container = containers.find(({ name }) => name === node.container)
    return container ? [{ node, published: container.ports.filter(isOfFile) }] : []
  })
  const own = (port: PortConfig, published: readonly Published[]): Published | undefined =>
    published.find((one) => isFor(port, one) && (host !== undefined || sameAddress(port.address, one.address, engine)))
  const wanted = made.flatMap(({ node, published }) =>
    node.ports.filter((port) => !own(port, published)).map((port) => ({ node: node.container, port })),
  )
  const left = made.flatMap(({ node, published }) => {
    const used = new Set(node.ports.map((port) => own(port, published)))
    return published.filter((port) => !used.has(port)).map((port) => ({ container: node.container, port }))
  })
  const blocked = wanted.flatMap(({ node, port }) => {
    const by = left.find((one) => portsClash({ ...port, hostPort: port.bound ?? port.hostPort }, configOf(one.port)))
    return by ? [{ node, port, by: by.container }] : []
  })
  const of = (node: string, port: PortConfig): Forwarder | undefined =>
    forwarders.find((one) => one.node === node && one.written === showPort(port))
  return {
    add: wanted
      .filter(({ port }) => !blocked.some((one) => one.port === port))
      .flatMap(({ node, port }) => {
        const forwarder = of(node, port)
        if (!forwarder) return [{ node, port }]
        return forwarder.container.running ? [] : [{ node, port, stopped: forwarder }]
      }),
    remove: forwarders.filter(
      ({ node, written }) => !wanted.some((one) => one.node === node && showPort(one.port) === written),
    ),
    left,
    blocked,
  }
}

const isOfFile = ({ containerPort, hostPort }: Published): boolean => containerPort !== apiPort && hostPort > 0

const isFor = ({ hostPort, bound = hostPort, nodePort, protocol }: PortConfig, one: Published): boolean =>
  one.containerPort === nodePort && one.protocol === protocol && (bound === 0 || bound === one.hostPort)

/** podman and nerdctl do not tell an address that means every one. */
const sameAddress = (written: string, bound: string, engine: EngineName): boolean =>
  written === bound || (engine !== 'docker' && (isEvery(written) || !isEvery(bound)))

const isEvery = (address: string): boolean => address === '0.0.0.0' || address === '::'

const configOf = ({ address, hostPort, containerPort, protocol }: Published): PortConfig => ({
  address,
  hostPort,
  nodePort: containerPort,
  protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp',
})
