import { showPort } from '../../config/parse/port.ts'
import { textAt } from '../../core/fields.ts'
import type { KindupError } from '../../core/errors.ts'
import { ConfigError, EnvironmentError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { Context } from '../../core/step.ts'
import type { Container } from '../engine/engine.ts'
import { withRole } from '../kind/endpoint.ts'
import { recreateNeeded } from '../nodes/built.ts'
import type { Parts } from '../parts.ts'
import { portChanges, type PortChanges } from './changes.ts'
import { forward } from './forward.ts'
import { forwardersOf, mostForwarders } from './forwarder.ts'
import { showHostPort } from './show.ts'

/** What of the ports of a cluster that runs is changed in place, and what is not. */
export type PortsInPlace = {
  /** What `up` changes, in words; empty where there is nothing. */
  readonly changes: readonly string[]
  /** What only a new cluster has, in words. */
  readonly otherwise: readonly string[]
  /** What stays bound until the cluster is made again, in words. */
  readonly left: readonly string[]
  /** Mappings that this engine leads to no node that runs. */
  readonly refused: readonly Problem[]
}

export const portsInPlace = async (parts: Parts, containers: readonly Container[]): Promise<PortsInPlace> => {
  const [changes, { name: engine }] = await Promise.all([changesOf(parts, containers), parts.engine()])
  const refused = engine === 'docker' ? [] : changes.add.filter(({ port }) => port.address.includes(':'))
  const tooMany = changes.add.length > mostForwarders
  const isIpv6 = changes.add.length > 0 && textAt(parts.config.cluster.kind, 'networking', 'ipFamily') === 'ipv6'
  return {
    changes:
      tooMany || isIpv6
        ? []
        : [
            ...changes.add
              .filter((one) => !refused.includes(one))
              .map(({ node, port, stopped }) =>
                stopped
                  ? `the container ${stopped.container.name} is stopped`
                  : `port ${showPort(port)} leads to ${node}, in place`,
              ),
            ...changes.remove.map(({ node, written }) => `port ${written} leads to ${node} no more, in place`),
          ],
    otherwise: [
      ...changes.blocked.map(
        ({ node, port, by }) =>
          `port ${showPort(port)} on ${node}, and ${by} was made with that host port: engines take none from a container that runs`,
      ),
      ...(isIpv6
        ? ['more ports, and those that come later are led by IPv4, which a cluster of IPv6 alone does not have']
        : []),
      ...(tooMany
        ? [
            `${changes.add.length} more ports, and each that comes later is a container of its own: ${mostForwarders} are the most`,
          ]
        : []),
    ],
    refused: refused.map(({ node, port }) => ({
      message: `${engine} leads what comes in at ${port.address} to no node that runs: ${showPort(port)} on ${node} would lead nowhere.`,
      hint: `Write an IPv4 address: ${showPort({ ...port, address: port.address === '::' ? '0.0.0.0' : '127.0.0.1' })}`,
      at: parts.config.at(['cluster', 'nodes', parts.nodes.findIndex(({ container }) => container === node), 'ports']),
      severity: 'error',
    })),
    left: changes.left.map(
      ({ container, port }) =>
        `${showHostPort({ ...port, protocol: port.protocol === 'udp' || port.protocol === 'sctp' ? port.protocol : 'tcp' })} is not in the file any more, and stays bound for as long as ${container}, which was made with it: \`kindup up --recreate\` ends that.`,
    ),
  }
}

/** Why it is refused, with what would be lost. */
export const portsRefusal = async (
  { access }: Pick<Parts, 'access'>,
  { otherwise, refused }: PortsInPlace,
): Promise<KindupError | undefined> =>
  refused.length > 0
    ? new ConfigError('Ports of the file cannot be led to nodes that run.', { problems: refused })
    : otherwise.length === 0
      ? undefined
      : recreateNeeded(await access.kube(), `the file has ${otherwise.join('; ')}`)

/** Makes the ports of the nodes that run those of the file. Throws `recreate-needed`, `port-taken`, `container-taken`. */
export const changePorts = async (parts: Parts, containers: readonly Container[], ctx: Context): Promise<void> => {
  const refusal = await portsRefusal(parts, await portsInPlace(parts, containers))
  if (refusal) throw refusal
  const { add, remove } = await changesOf(parts, containers)
  if (add.length + remove.length === 0) return
  const engine = await parts.engine()
  const image = withRole(containers, 'control-plane')[0]?.image?.ref
  if (remove.length > 0) {
    ctx.report(`removing ${remove.map(({ written }) => `port ${written}`).join(', ')}`)
    await engine.removeContainers(remove.map(({ container }) => container.name))
  }
  if (add.length === 0) return
  if (image === undefined)
    throw new EnvironmentError('program-output', `${engine.name} does not tell the image of the nodes.`)
  ctx.report(`adding ${add.map(({ port }) => `port ${showPort(port)}`).join(', ')}`)
  const dependencies = { cluster: parts.config.name, engine, image, run: parts.run, signal: ctx.signal }
  await Promise.all(add.map((one) => forward(one, dependencies)))
}

/** Of nodes that are made again, with all ports of the file; those of all where none is named. */
export const dropForwarders = async (parts: Parts, nodes?: readonly string[]): Promise<void> => {
  const engine = await parts.engine()
  const forwarders = await forwardersOf(engine, parts.config.name)
  const theirs = forwarders.filter(({ node }) => !nodes || nodes.includes(node))
  if (theirs.length > 0) await engine.removeContainers(theirs.map(({ container }) => container.name))
}

const changesOf = async (parts: Parts, containers: readonly Container[]): Promise<PortChanges> => {
  const engine = await parts.engine()
  const [forwarders, { host }] = await Promise.all([forwardersOf(engine, parts.config.name), engine.reach()])
  const changes = portChanges(parts.nodes, containers, { forwarders, engine: engine.name, host })
  // What narrows a run removes nothing.
  return parts.isNarrowed ? { ...changes, remove: [] } : changes
}
