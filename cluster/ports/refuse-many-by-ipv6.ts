import type { Config } from '../../config/config.ts'
import { showPort } from '../../config/parse/port.ts'
import { ConfigError } from '../../core/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { portsOfNode } from '../kind/ports-of-node.ts'
import { mostForwarders } from './forwarder.ts'

/** Refuses, before anything is made, more ports than can be led by containers: each that comes in by IPv6 to a node of IPv4 is one. */
export const refuseManyByIpv6 = (
  { cluster, at }: Pick<Config, 'cluster' | 'at'>,
  engine: Pick<Engine, 'name'>,
): void => {
  const led = cluster.nodes.flatMap(({ ports }, node) => {
    const own = portsOfNode(ports, cluster, engine)
    return ports.filter((port) => !own.includes(port)).map((port) => ({ port, node }))
  })
  const first = led[mostForwarders]
  if (!first) return
  const message = `${led.length} ports come in by IPv6, and each is led to its node by a container of its own: ${mostForwarders} are the most, and ${showPort(first.port)} is one more.`
  throw new ConfigError(message, {
    problems: [
      {
        message,
        at: at(['cluster', 'nodes', first.node, 'ports']),
        severity: 'error',
        hint: 'Write IPv4 addresses, which a node publishes itself, or give the cluster IPv6: `kind: { networking: { ipFamily: dual } }`.',
      },
    ],
  })
}
