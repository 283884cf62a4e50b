import { isRecord } from '../../../core/is-record.ts'
import { numberAt, textAt } from '../../../core/fields.ts'

/** A port of a container. */
export type Port = {
  readonly target: number
  readonly protocol: 'TCP' | 'UDP'
  /** The port of this machine that leads to it; undefined where none does, or any free one. */
  readonly published?: number
}

/** No person writes more of them by hand, and each is a line of a Service. */
export const mostOfRange = 20

/** The ports of `ports` and `expose`, each once. Source: the Compose specification. */
export const portsOf = (service: Readonly<Record<string, unknown>>): readonly Port[] => {
  const listed = (name: string): readonly unknown[] => {
    const written = service[name]
    return Array.isArray(written) ? written : []
  }
  const all = [
    ...listed('ports').flatMap(portIn),
    ...listed('expose').flatMap((port) => portIn(port).map(({ target, protocol }) => ({ target, protocol }))),
  ]
  return [...new Map(all.toReversed().map((port) => [`${port.target}/${port.protocol}`, port])).values()].toReversed()
}

const portIn = (written: unknown): readonly Port[] => {
  if (isRecord(written)) {
    const target = numberAt(written, 'target') ?? Number(textAt(written, 'target'))
    const published = numberAt(written, 'published') ?? Number(textAt(written, 'published'))
    return made([target], [published], textAt(written, 'protocol'))
  }
  if (typeof written !== 'string' && typeof written !== 'number') return []
  const [, open, host = open, target = '', protocol] =
    /^(?:(?:.*:)??(?:(\$\{[^{}]*\})|([\d-]*)):)?(\d+(?:-\d+)?)(?:\/(tcp|udp))?$/i.exec(String(written)) ?? []
  // Nothing sets the variable of the port of this machine: that of the container leads there.
  return made(rangeOf(target), rangeOf(open === undefined ? (host ?? '') : target), protocol)
}

/** Entries of `ports` of which nothing is known, as they are written: nothing sets the port of the container. */
export const unknownPorts = (service: Readonly<Record<string, unknown>>): readonly string[] => {
  const { ports } = service
  return Array.isArray(ports)
    ? ports.flatMap((one: unknown) =>
        portIn(one).length > 0 ? [] : [isRecord(one) ? JSON.stringify(one) : String(one)],
      )
    : []
}

const made = (targets: readonly number[], published: readonly number[], protocol = 'tcp'): readonly Port[] =>
  targets.filter(isPort).map((target, index) => {
    const port = published[index]
    return {
      target,
      protocol: protocol.toLowerCase() === 'udp' ? 'UDP' : 'TCP',
      ...(port !== undefined && isPort(port) ? { published: port } : {}),
    }
  })

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536

const rangeOf = (text: string): readonly number[] => {
  if (text === '') return []
  const [first = 0, last = first] = text.split('-').map(Number)
  return Array.from({ length: Math.max(1, Math.min(mostOfRange, last - first + 1)) }, (_none, index) => first + index)
}

/** Where images that everybody knows listen: Compose has no need to say it, a Service has. Source: `EXPOSE` in their Dockerfiles. */
const known: Readonly<Record<string, readonly number[]>> = {
  adminer: [8080],
  cassandra: [9042],
  elasticsearch: [9200],
  httpd: [80],
  mailhog: [1025, 8025],
  mailpit: [1025, 8025],
  mariadb: [3306],
  memcached: [11_211],
  minio: [9000],
  mongo: [27_017],
  mysql: [3306],
  nats: [4222],
  nginx: [80],
  postgres: [5432],
  rabbitmq: [5672],
  redis: [6379],
  valkey: [6379],
  zookeeper: [2181],
}

/** The ports of a well-known image, by the last part of its repository. */
export const knownPorts = (repository: string): readonly Port[] => {
  const name = repository.slice(repository.lastIndexOf('/') + 1)
  const ports = Object.hasOwn(known, name) ? known[name] : undefined
  return (ports ?? []).map((target) => ({ target, protocol: 'TCP' }))
}
