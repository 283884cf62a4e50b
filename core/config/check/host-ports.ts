import type { PortConfig } from '../config.ts'
import { portsClash, showPort } from '../parse/port.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'
import { formsOf } from './known.ts'

type Use = { readonly path: Path; readonly port: PortConfig }

/**
 * A port of this machine can lead to one thing only: over all nodes, and over all services. A service that exposes
 * itself by a host port means the mapping of that port, so the two are not compared with each other.
 */
export const checkHostPorts = ({ config, findings, places }: Checked): void => {
  const ofNodes: Use[] = config.cluster.nodes.flatMap((node, index) =>
    // What kindup mapped by itself stands nowhere, and was compared when it was added.
    node.ports
      .map((port, position) => ({ path: ['cluster', 'nodes', index, 'ports', position], port }))
      .filter(({ path }) => places.spot(path) !== undefined),
  )
  const { registry } = config.cluster
  const ofRegistry: Use[] = registry
    ? [
        {
          path: ['cluster', 'registry', 'port'],
          port: { address: '127.0.0.1', hostPort: registry.port, nodePort: 0, protocol: 'tcp' },
        },
      ]
    : []
  const ofServices: Use[] = config.services.flatMap((service) =>
    formsOf(service, config).flatMap(() =>
      service.expose.flatMap(({ hostPort }, position) =>
        hostPort === undefined
          ? []
          : [
              {
                path: ['services', service.name, 'expose', position, 'hostPort'],
                port: { address: '127.0.0.1', hostPort, nodePort: 0, protocol: 'tcp' as const },
              },
            ],
      ),
    ),
  )
  for (const uses of [
    [...ofRegistry, ...ofNodes],
    [...ofRegistry, ...ofServices],
  ])
    sayClashes(uses, { findings, places })
}

const sayClashes = (uses: readonly Use[], { findings, places }: Pick<Checked, 'findings' | 'places'>): void => {
  const said = new Set<string>()
  for (const [index, use] of uses.entries()) {
    const first = uses.slice(0, index).find((other) => portsClash(use.port, other.port))
    const where = showPath(use.path)
    if (first === undefined || said.has(where)) continue
    said.add(where)
    const line = places.value(first.path).line
    findings.error({
      path: use.path,
      message:
        showPath(first.path) === where
          ? `${where} is ${use.port.hostPort}, and the service is deployed to several environments: a host port leads to one of them only.`
          : `${where} is ${use.port.nodePort === 0 ? use.port.hostPort : JSON.stringify(showPort(use.port))}: host port ${use.port.hostPort} is taken by ${showPath(first.path)}${line === undefined ? '' : ` in line ${line}`}.`,
      hint: 'Take another host port, or 0 for any free one.',
    })
  }
}
