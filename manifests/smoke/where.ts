import type { SmokeConfig } from '../../core/config/config.ts'
import type { Port } from '../../core/step.ts'
import { localName } from '../local-name.ts'

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
}

/** Works out where a test goes, or why it can go nowhere. */
export const placeOf = (
  smoke: SmokeConfig,
  target: Target,
): Where | { readonly url: string; readonly problem: string } => {
  if (smoke.tcp !== undefined) return tcpPlace(smoke, smoke.tcp, target)
  if (smoke.url !== undefined) return urlPlace(smoke.url, smoke, target)
  const hostname = smoke.host ?? target.hosts[0] ?? 'localhost'
  if (smoke.port !== undefined) return portPlace(smoke.port, hostname, smoke.path ?? '/', target)
  return ingressPlace({ hostname, rest: smoke.path ?? '/', secure: false, target })
}

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
      problem: `No port of this machine leads to an Ingress: no node maps node port ${usual}. Map it, or name a port that is mapped: port: 8080.`,
    }
  const hostname = nameAt(asked.hostname, bound)
  const host = bound.hostPort === usual ? hostname : `${hostname}:${bound.hostPort}`
  return {
    url: `${scheme}://${host}${rest}`,
    address: reachable(bound.address),
    port: bound.hostPort,
    secure,
    host,
    hostname,
    through: 'ingress',
  }
}

const portPlace = (asked: number, named: string, path: string, target: Target): Where => {
  const bound = boundTo(asked, target)
  const hostname = nameAt(named, bound)
  const port = bound?.hostPort ?? asked
  return {
    url: `http://${hostname}:${port}${path}`,
    address: reachable(bound?.address ?? '127.0.0.1'),
    port,
    secure: false,
    host: `${hostname}:${port}`,
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
const boundTo = (port: number, { ports }: Target): Port | undefined =>
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
