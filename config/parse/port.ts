import { isIP } from 'node:net'
import type { PortConfig } from '../config.ts'

const portForm = '[address:]host:node[/protocol], such as "80:80", "0.0.0.0:8080:80/tcp" or "3000-3005:3000-3005"'

/** Parses `[address:]host:node[/protocol]`; an IPv6 address stands in brackets. A text is the reason why it cannot be. */
export const parsePort = (text: string): PortConfig | string => {
  const [, , v6, v4, host = '', node = '', protocol = 'tcp'] =
    /^((?:\[([^\]]*)\]|([^:[\]]*)):)?(\d+):(\d+)(?:\/([A-Za-z]+))?$/.exec(text) ?? []
  if (node === '') return `it must be ${portForm}`
  const address = v6 ?? v4 ?? '127.0.0.1'
  if (isIP(address) !== (v6 === undefined ? 4 : 6)) {
    return `${JSON.stringify(address)} is no IP address${address === 'localhost' ? '; write 127.0.0.1' : ''}`
  }
  const kind = protocol.toLowerCase()
  if (kind !== 'tcp' && kind !== 'udp' && kind !== 'sctp')
    return `the protocol ${JSON.stringify(protocol)} is none of tcp, udp, sctp`
  const hostPort = Number(host)
  const nodePort = Number(node)
  if (hostPort > 65_535) return `host port ${host} is not between 0 and 65535`
  if (nodePort < 1 || nodePort > 65_535) return `node port ${node} is not between 1 and 65535`
  return { address, hostPort, nodePort, protocol: kind }
}

const longest = 1000

/**
 * Parses a port, or `3000-3005:3000-3005`: as many ports of the machine as of the node, in order. A text is the reason
 * why it cannot be.
 */
export const parsePorts = (text: string): readonly PortConfig[] | string => {
  const [, before = '', from, to, nodeFrom, nodeTo, behind = ''] =
    /^(.*?:)?(\d+)(?:-(\d+))?:(\d+)(?:-(\d+))?(\/[A-Za-z]+)?$/.exec(text) ?? []
  if (from === undefined || nodeFrom === undefined || (to === undefined && nodeTo === undefined)) {
    const single = parsePort(text)
    return typeof single === 'string' ? single : [single]
  }
  const lengths = [Number(to ?? from) - Number(from), Number(nodeTo ?? nodeFrom) - Number(nodeFrom)]
  const [host = 0, node = 0] = lengths
  if (host < 0 || node < 0)
    return `a range begins with its lower end: ${host < 0 ? `${to}-${from}` : `${nodeTo}-${nodeFrom}`}`
  if (host !== node)
    return `${host + 1} port${host === 0 ? '' : 's'} of the machine cannot lead to ${node + 1} of the node; both ranges must be equally long`
  if (host >= longest)
    return `a range of ${host + 1} ports is too long: the engine takes a program for each, and ${longest} are the most`
  if (Number(from) === 0) return 'a range cannot begin with host port 0, which is any free one'
  const at = (step: number): PortConfig | string =>
    parsePort(`${before}${Number(from) + step}:${Number(nodeFrom) + step}${behind}`)
  const ends = [at(0), at(host)].find((one) => typeof one === 'string')
  if (ends !== undefined) return ends
  return Array.from({ length: host + 1 }, (_, step) => at(step)).filter((one) => typeof one !== 'string')
}

/** The form that `parsePort` reads. */
export const showPort = ({ address, hostPort, nodePort, protocol }: PortConfig): string =>
  `${address === '127.0.0.1' ? '' : address.includes(':') ? `[${address}]:` : `${address}:`}${hostPort}:${nodePort}${protocol === 'tcp' ? '' : `/${protocol}`}`

const anywhere = (address: string): boolean => address === '0.0.0.0' || address === '::'

/** Whether two mappings want the same port of this machine. */
export const portsClash = (a: PortConfig, b: PortConfig): boolean => {
  return (
    a.hostPort !== 0 &&
    a.hostPort === b.hostPort &&
    a.protocol === b.protocol &&
    (a.address === b.address || anywhere(a.address) || anywhere(b.address))
  )
}
