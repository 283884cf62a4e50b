import type { Port } from '../../core/step.ts'
import type { Engine } from '../engine/engine.ts'
import type { NamedNode } from '../nodes/may-run.ts'
import { boundPorts } from '../kind/endpoint.ts'
import { clusterContainers } from '../kind/situation.ts'
import { portChanges } from './changes.ts'
import { forwardersOf, withForwarders } from './forwarder.ts'

/** The host ports of a cluster as they are bound now, and as they are reached from here; without those that the file dropped. */
export const portsOf = async (engine: Engine, name: string, nodes: readonly NamedNode[]): Promise<readonly Port[]> => {
  const [containers, forwarders, { host }] = await Promise.all([
    clusterContainers(engine, name),
    forwardersOf(engine, name),
    engine.reach(),
  ])
  const { left, remove } = portChanges(nodes, containers, { forwarders, engine: engine.name, host })
  const kept = forwarders.filter((one) => !remove.includes(one))
  const own = containers.map((container) => ({
    ...container,
    ports: container.ports.filter((port) => !left.some((one) => one.container === container.name && one.port === port)),
  }))
  return boundPorts(withForwarders(own, kept), { host, nodes })
}
