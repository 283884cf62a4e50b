import type { Port } from '../../core/step.ts'
import type { Container } from '../engine/engine.ts'
import type { NamedNode } from '../nodes/may-run.ts'
import { kindRoleLabel } from './labels.ts'

export const apiPort = 6443

/** The containers with the role, in the order of their names: `x-worker`, `x-worker2`, …, `x-worker10`. */
export const withRole = (
  containers: readonly Container[],
  role: 'control-plane' | 'worker' | 'external-load-balancer',
): readonly Container[] =>
  containers
    .filter(({ labels }) => labels[kindRoleLabel] === role)
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))

/**
 * Where the API of a cluster is reached from this machine, `https://127.0.0.1:34567`; undefined when no port is bound.
 * `host` is the machine of the engine, where that is another one.
 */
export const apiEndpoint = (containers: readonly Container[], host?: string): string | undefined => {
  const [entry] = [...withRole(containers, 'external-load-balancer'), ...withRole(containers, 'control-plane')]
  // Docker Desktop can bind elsewhere than it says, and tells so in a label; kind goes by it too.
  const elsewhere = entry?.labels[`desktop.docker.io/ports/${apiPort}/tcp`]
  if (elsewhere) return `https://${elsewhere}`
  const port = entry?.ports.find(({ containerPort, protocol }) => containerPort === apiPort && protocol === 'tcp')
  if (!port || !(port.hostPort > 0)) return undefined
  const address = reachedAt(port.address, host)
  return `https://${address.includes(':') ? `[${address}]` : address}:${port.hostPort}`
}

/** The host ports that lead into the nodes, the API's own left out. `nodes` are those of the file, for what it calls them. */
export const boundPorts = (
  containers: readonly Container[],
  { host, nodes = [] }: { readonly host?: string | undefined; readonly nodes?: readonly NamedNode[] } = {},
): readonly Port[] =>
  [...withRole(containers, 'control-plane'), ...withRole(containers, 'worker')].flatMap(({ name, ports }) =>
    ports
      .filter(({ containerPort, hostPort }) => containerPort !== apiPort && hostPort > 0)
      .map(({ address, hostPort, containerPort, protocol }): Port => {
        const written = nodes
          .find(({ container }) => container === name)
          ?.ports.find(
            (port) => port.nodePort === containerPort && port.bound === hostPort && port.protocol === protocol,
          )
        return {
          address: reachedAt(address, host),
          hostPort,
          nodePort: containerPort,
          protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp',
          ...(written && written.hostPort > 0 ? { written: written.hostPort } : {}),
        }
      }),
  )

/** An address of the engine's machine as it is reached from here. */
const reachedAt = (address: string, host: string | undefined): string => {
  const everyOrOwn = /^(|0\.0\.0\.0|::|127(\.\d+){3}|::1)$/.test(address)
  return host !== undefined && everyOrOwn ? host : address
}
