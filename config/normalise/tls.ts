import { mapsAt } from '../../core/fields.ts'
import type { NodeConfig, PortConfig, TlsConfig } from '../config.ts'
import { portsClash } from '../parse/port.ts'
import type { FileConfig } from '../schema/file.ts'
import type { Scope } from './scope.ts'

/** The section `tls`, its short form written out. */
export const normaliseTls = (written: FileConfig['tls']): TlsConfig | undefined => {
  if (written === undefined || written === false) return undefined
  const { domains = [], pods = false } = written === true ? {} : written
  return { domains, pods }
}

/** Host ports of HTTPS beside those of HTTP that people use. */
const beside: Readonly<Record<number, number>> = { 0: 0, 80: 443, 8080: 8443, 8000: 8443 }

/**
 * Maps node port 443 where no node maps it, on the node that maps port 80 and from the address of that: 443 beside 80, 8443
 * beside 8080, any free port beside any free one. Raw `kind` nodes may map it already.
 */
export const mapTlsPort = (
  nodes: readonly NodeConfig[],
  kind: Readonly<Record<string, unknown>>,
  { findings }: Scope,
): readonly NodeConfig[] => {
  const mapped = nodes.flatMap(({ ports }) => ports)
  const raw = mapsAt(kind, 'nodes').flatMap((node) => mapsAt(node, 'extraPortMappings'))
  if ([...mapped.map(({ nodePort }) => nodePort), ...raw.map((port) => port['containerPort'])].includes(443))
    return nodes
  const index = nodes.findIndex(({ ports }) => ports.some(isHttp))
  const http = nodes[index]?.ports.find(isHttp)
  if (!http) return nodes
  const https: PortConfig = { ...http, hostPort: beside[http.hostPort] ?? 443, nodePort: 443 }
  if (https.hostPort !== 0 && mapped.some((other) => portsClash(https, other)))
    findings.error({
      path: ['tls'],
      key: true,
      message: `tls needs a host port that leads to port 443 of a node, and the file uses host port ${https.hostPort} for something else.`,
      hint: 'Name it beside the one of HTTP: ports: ["80:80", "8443:443"]',
    })
  return nodes.map((node, at) => (at === index ? { ...node, ports: [...node.ports, https] } : node))
}

const isHttp = ({ nodePort, protocol }: PortConfig): boolean => nodePort === 80 && protocol === 'tcp'
