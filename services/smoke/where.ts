import type { SmokeConfig } from '../../config/config.ts'
import type { Port } from '../../core/step.ts'
import { localName } from '../local-name.ts'
import type { Entrance, Entrances } from './entrances.ts'

/** What a smoke test is aimed at. */
export type Target = {
  /** The step it belongs to: `service/web@dev`. */
  readonly step: string
  /** Host ports as they are bound. */
  readonly ports: readonly Port[]
  /** The host names of the service; the first is asked where the test names none. */
  readonly hosts: readonly string[]
  /** Further names that lead to this machine. */
  readonly localHosts?: readonly string[]
  /** The ways into the service; undefined where nobody knows: then the Ingress is presumed. */
  readonly entrances?: Entrances
  /** Whether some Ingress of the plan takes requests for any name. */
  readonly catchAll?: boolean
  /** The ingress has a certificate for every host, of this authority (PEM). */
  readonly authority?: string
  /** Hosts whose Ingress names a certificate of its own: whoever signed it, it may be. */
  readonly ownCertificates?: readonly string[]
  /** Hosts of routes, and whether they answer over HTTPS: their Gateway tells. */
  readonly schemes?: ReadonlyMap<string, boolean>
}

/** Where to connect, and what to say there. */
export type Where = {
  readonly url: string
  /** Undefined: whatever the name resolves to. */
  readonly address?: string
  readonly port: number
  readonly secure: boolean
  /** The Host header. */
  readonly host: string
  readonly hostname: string
  readonly through: 'ingress' | 'port' | 'network'
  /** PEM of the authority that signed what it answers with; undefined: any certificate will do on this machine. */
  readonly authority?: string
}

/** Works out where a test goes, or why it can go nowhere. */
export const placeOf = (
  smoke: SmokeConfig,
  target: Target,
): Where | { readonly url: string; readonly problem: string } => {
  if (smoke.tcp !== undefined) return tcpPlace(smoke, smoke.tcp, target)
  if (smoke.url !== undefined) return urlPlace(smoke.url, smoke, target)
  const hostname = smoke.host ?? target.hosts[0] ?? 'localhost'
  const rest = smoke.path ?? '/'
  if (smoke.port !== undefined) return portPlace(smoke.port, hostname, rest, target)
  const past = pastIngress(smoke, target)
  if (past === undefined) return ingressPlace({ hostname, rest, secure: isSecured(hostname, target), target })
  if ('problem' in past) return { url: `http://${hostname}${rest}`, problem: past.problem }
  return boundPlace(past.bound, hostname, rest, past.secure)
}

/** The port that leads to a service without an Ingress, or why none does; undefined where the Ingress is meant. */
const pastIngress = (
  { host }: SmokeConfig,
  { step, ports, hosts, localHosts = [], entrances, catchAll = false }: Target,
): { readonly bound: Port; readonly secure: boolean } | { readonly problem: string } | undefined => {
  if (!entrances || entrances.ingress) return undefined
  // A name that is somebody else's: their Ingress may lead here.
  if (host !== undefined && !hosts.includes(host) && localHosts.includes(host)) return undefined
  const open = entrances.ports.flatMap((entrance) => {
    const bound = ports.find((port) => port.nodePort === entrance.nodePort && port.protocol === entrance.protocol)
    return bound && entrance.protocol === 'tcp' ? [{ bound, scheme: entrance.scheme }] : []
  })
  const found = open.find(({ scheme }) => scheme === 'http') ?? open.find(({ scheme }) => scheme === 'https') ?? open[0]
  if (found) return { bound: found.bound, secure: found.scheme === 'https' }
  if (host !== undefined || hosts.length > 0 || catchAll) return undefined
  return { problem: `Nothing leads to ${step} from this machine: it has no Ingress, and ${unmapped(entrances.ports)}.` }
}

/** Whether HTTPS is for this host, or for every one, and a port leads to it. */
const isSecured = (hostname: string, { authority, ports, schemes }: Target): boolean =>
  (schemes?.get(hostname) ?? authority !== undefined) &&
  ports.some(({ nodePort, protocol }) => nodePort === 443 && protocol === 'tcp')

const unmapped = (ports: readonly Entrance[]): string =>
  ports.length === 0
    ? 'no port of its own'
    : `no port of this machine leads to its node port${ports.length > 1 ? 's' : ''} ${[...new Set(ports.map(({ nodePort }) => nodePort))].join(', ')}`

const ingressPlace = (asked: {
  hostname: string
  rest: string
  secure: boolean
  target: Target
}): ReturnType<typeof placeOf> => {
  const { rest, secure, target } = asked
  const [scheme, usual] = secure ? ['https', 443] : ['http', 80]
  const bound = target.ports.find(({ nodePort, protocol }) => nodePort === usual && protocol === 'tcp')
  if (!bound)
    return {
      url: `${scheme}://${asked.hostname}${rest}`,
      problem: `No port of this machine leads to an Ingress: no node maps node port ${usual}. ${instead(target.ports)}`,
    }
  const hostname = nameAt(asked.hostname, bound)
  const host = bound.hostPort === usual ? hostname : `${hostname}:${bound.hostPort}`
  const { authority, ownCertificates = [] } = target
  return {
    url: `${scheme}://${host}${rest}`,
    address: reachable(bound.address),
    port: bound.hostPort,
    secure,
    host,
    hostname,
    through: 'ingress',
    ...(secure && authority !== undefined && !ownCertificates.includes(hostname) ? { authority } : {}),
  }
}

/** What to write where no port leads to an Ingress: only ports that are there. */
const instead = (ports: readonly Port[]): string => {
  const [first] = ports.filter(({ nodePort, protocol }) => protocol === 'tcp' && nodePort !== 6443)
  return first
    ? `Map it, or name a port that is mapped: \`port: ${first.written ?? first.hostPort}\`.`
    : 'Map it, or ask a Service inside the cluster: `service: NAME`.'
}

const portPlace = (asked: number, named: string, path: string, target: Target): Where => {
  const bound = boundTo(asked, target)
  if (bound) return boundPlace(bound, named, path, false)
  return {
    url: `http://${named}:${asked}${path}`,
    address: '127.0.0.1',
    port: asked,
    secure: false,
    host: `${named}:${asked}`,
    hostname: named,
    through: 'port',
  }
}

const boundPlace = (bound: Port, named: string, rest: string, secure: boolean): Where => {
  const hostname = nameAt(named, bound)
  const usual = bound.hostPort === (secure ? 443 : 80)
  const host = usual ? hostname : `${hostname}:${bound.hostPort}`
  return {
    url: `${secure ? 'https' : 'http'}://${host}${rest}`,
    address: reachable(bound.address),
    port: bound.hostPort,
    secure,
    host,
    hostname,
    through: 'port',
  }
}

const tcpPlace = (smoke: SmokeConfig, asked: number, target: Target): Where => {
  const bound = boundTo(asked, target)
  const hostname = nameAt(smoke.host ?? 'localhost', bound)
  const port = bound?.hostPort ?? asked
  const foreign = smoke.host !== undefined && !isLocal(smoke.host, target)
  return {
    url: `tcp://${hostname}:${port}`,
    ...(foreign ? {} : { address: reachable(bound?.address ?? '127.0.0.1') }),
    port,
    secure: false,
    host: hostname,
    hostname,
    through: foreign ? 'network' : 'port',
  }
}

/** A whole address: through the Ingress where its name is one of ours and its port leads there, else as it says. */
const urlPlace = (text: string, smoke: SmokeConfig, target: Target): ReturnType<typeof placeOf> => {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return { url: text, problem: `\`${text}\` is no http or https address.` }
  const secure = url.protocol === 'https:'
  const rest = `${url.pathname}${url.search}`
  const hostname = smoke.host ?? url.hostname
  if (isLocal(url.hostname, target)) {
    const usual = secure ? 443 : 80
    if (url.port === '') return ingressPlace({ hostname, rest, secure, target })
    const bound = boundTo(Number(url.port), target)
    if (bound?.nodePort === usual) return ingressPlace({ hostname, rest, secure, target })
    const place = portPlace(Number(url.port), hostname, rest, target)
    const moved = place.port !== Number(url.port)
    return { ...place, secure, url: moved ? `${url.protocol}//${place.host}${rest}` : text }
  }
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return { url: text, port, secure, host: smoke.host ?? url.host, hostname: url.hostname, through: 'network' }
}

/** `localhost` is the machine that the port is bound on. */
const nameAt = (hostname: string, bound: Port | undefined): string =>
  hostname === 'localhost' && bound ? localName(bound) : hostname

/** The mapping that a port of the file means: its host port, wherever that went, or, where that is any free one, its node port. */
export const boundTo = (port: number, { ports }: Pick<Target, 'ports'>): Port | undefined =>
  ports.find(({ written }) => written === port) ??
  ports.find(({ hostPort }) => hostPort === port) ??
  ports.find(({ nodePort }) => nodePort === port)

const isLocal = (name: string, { hosts, localHosts = [] }: Target): boolean =>
  /^(localhost|127(\.\d+){3}|\[?::1\]?)$|\.localhost$/.test(name) || hosts.includes(name) || localHosts.includes(name)

/** An address to connect to for one that is listened on. */
const reachable = (address: string): string => {
  if (address === '' || address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}
