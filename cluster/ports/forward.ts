import type { PortConfig } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError, type Run } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'
import { clusterKey } from '../ownership-marker.ts'
import { forwarderName, labelsOf } from './forwarder.ts'
import { portHolder } from './port-holder.ts'
import { showHostPort } from './show.ts'

const network = 'kind'
const readyFile = '/run/kindup-forwards'
const readyMs = 30_000

/**
 * Sends what comes in on to the node, by the kernel alone: node images have iptables (their entry point needs it) and no
 * proxy. Nodes may get other addresses when the engine is started again: the name is looked up again each second.
 */
const script = `
trap 'exit 0' TERM INT
node=$1 protocol=$2 port=$3 there=
nat() {
  iptables --wait --table nat $1 --protocol "$protocol" --dport "$port" --jump $2 2>/dev/null ||
    iptables-legacy --wait --table nat $1 --protocol "$protocol" --dport "$port" --jump $2
}
nat '--append POSTROUTING' MASQUERADE
while :; do
  now=$(getent ahostsv4 "$node" | { read -r address rest; echo "$address"; })
  if [ -n "$now" ] && [ "$now" != "$there" ]; then
    nat '--insert PREROUTING' "DNAT --to-destination $now:$port" || exit 1
    [ -z "$there" ] || nat '--delete PREROUTING' "DNAT --to-destination $there:$port"
    there=$now
    touch ${readyFile}
  fi
  sleep 1 & wait $!
done
`

/** Docker's own proxy leads what comes in by IPv6 to the IPv4 address of a container that has no other. */
const withoutIpv6 = { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' }

type Dependencies = {
  readonly cluster: string
  readonly engine: Engine
  /** The image of the nodes: it is there, and has what the script needs. */
  readonly image: string
  readonly run: Run
  readonly signal: AbortSignal
}

/** Leads a host port to a node that runs, until the forwarder is removed. Throws `port-taken`, `container-taken`. */
export const forward = async (
  { node, port }: { readonly node: string; readonly port: PortConfig },
  { cluster, engine, image, run, signal }: Dependencies,
): Promise<void> => {
  const name = forwarderName(cluster, node, port)
  const there = await engine.container(name)
  if (there && there.labels[clusterKey] !== cluster)
    throw new EnvironmentError('container-taken', `${engine.name} has a container ${name} that kindup did not make.`, {
      hints: [`${engine.command} inspect ${name}`, `${engine.command} rm --force ${name}   # if it is to go`],
    })
  if (there) await engine.removeContainers([name])
  const hostPort = port.bound ?? port.hostPort
  const { host } = await engine.reach()
  try {
    await engine.runContainer(
      {
        name,
        image,
        labels: labelsOf(cluster, node, port),
        command: ['/bin/sh', '-c', script, 'kindup-port', node, port.protocol, String(port.nodePort)],
        network,
        publish: {
          address: host !== undefined && port.address === '127.0.0.1' ? '0.0.0.0' : port.address,
          hostPort,
          containerPort: port.nodePort,
          protocol: port.protocol,
        },
        capabilities: ['NET_ADMIN'],
        sysctls: { 'net.ipv4.ip_forward': '1', ...(port.address.includes(':') && withoutIpv6) },
        // That of node images is systemd's.
        stopSignal: 'SIGTERM',
      },
      { signal },
    )
    await engine.exec(name, ['sh', '-c', `until test -e ${readyFile}; do sleep 0.1; done`], {
      signal,
      timeoutMs: readyMs,
    })
  } catch (error) {
    // A port that is taken is found only after the container is made.
    await engine.removeContainers([name]).catch(() => undefined)
    if (!(error instanceof CommandError) || !isTaken.test(error.stderr)) throw error
    const bound = { ...port, hostPort }
    const holder = await portHolder(bound, { run, proc: '/proc', engine, signal })
    throw new EnvironmentError(
      'port-taken',
      `${showHostPort(bound)}, which is to lead to port ${port.nodePort} of ${node}, is taken by ${holder ?? 'another program'}.`,
      { hints: ['Stop it, or map another host port.'], cause: error },
    )
  }
}

const isTaken = /port is already allocated|address already in use|ports are not available|proxy: listen/i
