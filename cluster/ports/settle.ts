import type { Config, NodeConfig, PortConfig } from '../../config/config.ts'
import type { Container } from '../engine/engine.ts'
import { namedNodes } from '../nodes/may-run.ts'
import type { Moved, MovedByNode } from './moved.ts'
import { showPort } from '../../config/parse/port.ts'
import { anyFreePort } from './probe.ts'
import { portTrouble, type Binder, type PortTrouble } from './trouble.ts'

export type PortConflict = {
  /** As the file has it. */
  readonly port: PortConfig
  readonly trouble: PortTrouble
  /** The host port that takes its place; undefined where none may. */
  readonly instead?: number
  /** One that could, if somebody agrees. */
  readonly offer?: number
}

export type Settled = {
  /** The nodes of the file, with the host ports that are bound, or will be. */
  readonly nodes: readonly NodeConfig[]
  /** Ports of the file that cannot be had. */
  readonly conflicts: readonly PortConflict[]
}

type Dependencies = {
  /** The containers of the cluster, empty before it is made. */
  readonly containers: readonly Container[]
  /** Which host ports were moved, by node. One that is not in it may have moved any. */
  readonly moved?: MovedByNode
  readonly binder: Binder | undefined
  /** Take free ones where those of the file cannot be had. */
  readonly fallback: boolean
  /** The cluster may be made again: ports that the file has otherwise now count. */
  readonly recreate?: boolean
  /** Numbers that can be remembered (8080 for 80), rather than those that no other run comes to as well. */
  readonly nice?: boolean
}

/**
 * Which host port each mapping gets: that of the cluster as it runs; before there is one, the file's, or a free one for
 * 0 and, with `fallback`, for what cannot be had. Chosen before the plan is made, so that everything can name it, and
 * read from the containers ever after, so that it stays.
 */
export const settlePorts = async (
  { name, cluster }: Pick<Config, 'name' | 'cluster'>,
  dependencies: Dependencies,
): Promise<Settled> => {
  const conflicts: PortConflict[] = []
  const all = cluster.nodes.flatMap(({ ports }) => ports)
  const used = new Set(all.map(({ bound, hostPort }) => bound ?? hostPort))
  const own = new Set(dependencies.containers.flatMap(({ ports }) => ports.map(keyOf)))

  const settle = async (port: PortConfig, live: number | undefined): Promise<PortConfig> => {
    if (live !== undefined && (!dependencies.recreate || port.hostPort === 0)) return bindingTo(port, live)
    if (port.hostPort === 0) return bindingTo(port, port.bound ?? (await free(port, used, undefined)))
    const trouble = own.has(keyOf(port)) ? undefined : await portTrouble(port, dependencies.binder)
    if (trouble === undefined) return port.bound === undefined || live === undefined ? port : bindingTo(port, live)
    if (dependencies.fallback && live !== undefined) return bindingTo(port, live)
    if (port.bound !== undefined) {
      conflicts.push({ port, trouble, instead: port.bound })
      return port
    }
    const wish = dependencies.nice ? nearTo(port.hostPort) : undefined
    const other = trouble === 'no-address' ? undefined : await free(port, used, wish)
    conflicts.push({
      port,
      trouble,
      ...(other === undefined ? {} : { [dependencies.fallback ? 'instead' : 'offer']: other }),
    })
    return dependencies.fallback ? bindingTo(port, other) : port
  }

  const nodes: NodeConfig[] = []
  // One after the other: two that look for a free port at the same time would find the same one.
  for (const [index, { container }] of namedNodes(name, cluster.nodes).entries()) {
    const node = cluster.nodes[index]!
    const made = dependencies.containers.find((each) => each.name === container)
    const ports: PortConfig[] = []
    for (const port of node.ports)
      ports.push(await settle(port, livePort(port, node, made, dependencies.moved?.get(container))))
    nodes.push({ ...node, ports })
  }
  return { nodes, conflicts }
}

/** `bound` says where a port went that is not the file's. */
const bindingTo = (port: PortConfig, to: number | undefined): PortConfig => {
  const { address, hostPort, nodePort, protocol } = port
  return { address, hostPort, nodePort, protocol, ...(to === undefined || to === hostPort ? {} : { bound: to }) }
}

/** Where the mapping is bound now. Several mappings may lead to one port of a node: each has its own. */
const livePort = (
  port: PortConfig,
  node: NodeConfig,
  container: Container | undefined,
  moved: Moved | undefined,
): number | undefined => {
  const bindings = (container?.ports ?? []).filter(
    ({ containerPort, protocol, hostPort }) =>
      containerPort === port.nodePort && protocol === port.protocol && hostPort > 0,
  )
  const others = node.ports.filter((other) => other !== port && other.nodePort === port.nodePort)
  const same = bindings.find(({ hostPort }) => hostPort === port.hostPort)
  if (same) return same.hostPort
  const known = bindings.find(({ hostPort }) => hostPort === moved?.get(showPort(port)))
  // What is bound otherwise and was not moved is of a mapping that the file had before.
  if (known || (moved && port.hostPort !== 0)) return known?.hostPort
  return bindings.find(({ hostPort }) => !others.some((other) => other.hostPort === hostPort))?.hostPort
}

const keyOf = ({ hostPort, protocol }: { hostPort: number; protocol: string }): string => `${hostPort}/${protocol}`

/** A free port that no other mapping of the file wants. */
const free = async (port: PortConfig, used: Set<number>, wish: number | undefined): Promise<number | undefined> => {
  for (let tries = 0, candidate = wish; tries < 20; tries++) {
    const asked = candidate === undefined ? await anyFreePort(port) : candidate
    const fits =
      asked !== undefined &&
      !used.has(asked) &&
      (candidate === undefined || (await portTrouble({ ...port, hostPort: asked }, undefined)) === undefined)
    if (fits) {
      used.add(asked)
      return asked
    }
    candidate = candidate === undefined || tries > 8 ? undefined : candidate + 1
  }
  return undefined
}

/** 80 → 8080, 443 → 8443, 3000 → 3001. */
const nearTo = (port: number): number => (port < 1024 ? 8000 + port : Math.min(port + 1, 65_535))
