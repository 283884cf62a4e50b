import type { PortConfig } from '../config.ts'
import { parsePorts, portsClash, showPort } from '../parse/port.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { FileConfig } from '../schema/file.ts'
import type { Checked } from './known.ts'
import { formsOf } from './known.ts'

/** `range`: the text that it is one port of. */
type Use = { readonly path: Path; readonly port: PortConfig; readonly range?: string }

/**
 * A port of this machine can lead to one thing only: over all nodes, and over all services. A service that exposes
 * itself by a host port means the mapping of that port, so the two are not compared with each other.
 */
export const checkHostPorts = (file: FileConfig, { config, findings, sourceMap }: Checked): void => {
  const ofNodes: Use[] = (file.cluster?.nodes ?? []).flatMap((node, index) =>
    (node.ports ?? []).flatMap((text, position) => {
      const ports = parsePorts(text)
      if (typeof ports === 'string') return []
      const path = ['cluster', 'nodes', index, 'ports', position]
      return ports.map((port): Use => (ports.length > 1 ? { path, port, range: text } : { path, port }))
    }),
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
    sayClashes(uses, { findings, sourceMap })
}

const sayClashes = (uses: readonly Use[], { findings, sourceMap }: Pick<Checked, 'findings' | 'sourceMap'>): void => {
  const said = new Set<string>()
  for (const [index, use] of uses.entries()) {
    const first = uses.slice(0, index).find((other) => portsClash(use.port, other.port))
    const where = showPath(use.path)
    if (first === undefined || said.has(where)) continue
    said.add(where)
    const line = sourceMap.value(first.path).line
    findings.error({
      path: use.path,
      message:
        showPath(first.path) === where
          ? `${where} is ${use.port.hostPort}, and the service is deployed to several environments: a host port leads to one of them only.`
          : `${where} is ${use.port.nodePort === 0 ? use.port.hostPort : JSON.stringify(use.range ?? showPort(use.port))}: host port ${use.port.hostPort} is taken by ${showPath(first.path)}${line === undefined ? '' : ` in line ${line}`}.`,
      hint: 'Take another host port, or 0 for any free one.',
    })
  }
}
