import type { Port } from '../../core/step.ts'
import type { Engine } from '../engine/engine.ts'
import type { NamedNode } from '../nodes/may-run.ts'
import { boundPorts } from '../kind/endpoint.ts'
import { clusterContainers } from '../kind/situation.ts'

/** The host ports of a cluster as they are bound now, and as they are reached from here. */
export const portsOf = async (engine: Engine, name: string, nodes: readonly NamedNode[]): Promise<readonly Port[]> => {
  const [containers, { host }] = await Promise.all([clusterContainers(engine, name), engine.info()])
  return boundPorts(containers, { host, nodes })
}
