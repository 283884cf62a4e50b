import type { Config } from '../../config/config.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { clusterContainers } from '../kind/situation.ts'
import { namedNodes } from '../nodes/may-run.ts'
import { forwardersOf, withForwarders } from './forwarder.ts'
import { mayBeMoved, movedIn, type Moved, type MovedByNode } from './moved.ts'

/** What a cluster binds: its containers with the ports that lead to them, and which of those the file has otherwise. */
export type SeenPorts = { readonly containers: readonly Container[]; readonly moved: MovedByNode }

export const seePorts = async (
  engine: Engine,
  { name, cluster }: Pick<Config, 'name' | 'cluster'>,
): Promise<SeenPorts> => {
  const [nodes, forwarders] = await Promise.all([clusterContainers(engine, name), forwardersOf(engine, name)])
  const moved = await Promise.all(
    namedNodes(name, cluster.nodes).map(async ({ container, ports }): Promise<readonly [string, Moved][]> => {
      const made = nodes.find((one) => one.name === container)
      if (!made) return []
      const led = forwarders.filter(({ node }) => node === container)
      // A look into a node is a process: only where it decides something.
      const isOpen = ports.some((port) => mayBeMoved(port, made))
      const noted = isOpen ? await movedIn(engine, made) : new Map<string, number>()
      if (!noted) return []
      const others = led.flatMap((one) => one.container.ports.map(({ hostPort }) => [one.written, hostPort] as const))
      return [[container, new Map([...noted, ...others])]]
    }),
  )
  return { containers: withForwarders(nodes, forwarders), moved: new Map(moved.flat()) }
}
