import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Pod } from '../../cluster/kube/models.ts'
import { usageError } from '../../core/errors.ts'
import { mapsAt, numberAt, textAt, textsAt, valueAt } from '../../core/fields.ts'
import { didYouMean } from '../../core/suggest.ts'

/** What somebody typed: `8080:http`, `:80`, `0:80`, `5432`. `local` undefined: the same as the port. */
export type WantedPort = { readonly local: number | undefined; readonly port: string }

/** Reads `[LOCAL:]PORT`. Throws ConfigError. */
export const readWantedPort = (text: string): WantedPort => {
  const [, local, port] = /^(?:(\d*):)?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)$/.exec(text) ?? []
  const isNumber = port !== undefined && /^\d+$/.test(port)
  if (port === undefined || (isNumber && !isPort(Number(port), 1)) || !isPort(Number(local ?? 0), 0))
    throw usageError(
      `${text} is no port.`,
      '[LOCAL:]PORT, such as 8080, 8080:80, 8080:http; 0:80 takes any free one here',
    )
  return { local: local === undefined ? undefined : Number(local), port }
}

const isPort = (port: number, least: number): boolean => port >= least && port <= 65_535

/** A port of a pod that can be meant: `names` are what people call it, the port of a Service among them. */
export type KnownPort = { readonly names: readonly string[]; readonly port: number }

/** The ports of a pod: those that its containers declare, under the names and numbers of them and of the Services that lead to it. */
export const knownPorts = (pod: Pod, services: readonly KubeObject[]): readonly KnownPort[] => {
  const declared = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
    .flatMap(({ ports = [] }) => ports)
    .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
  const found = new Map<number, Set<string>>()
  const add = (port: number, ...names: readonly string[]): void => {
    const all = found.get(port) ?? new Set()
    for (const name of names) all.add(name)
    found.set(port, all)
  }
  for (const { containerPort, name } of declared) add(containerPort, ...(name === undefined ? [] : [name]))
  const labels = pod.metadata.labels ?? {}
  for (const service of services) {
    const selector = textsAt(service, 'spec', 'selector')
    const leads =
      service.metadata.namespace === pod.metadata.namespace &&
      Object.keys(selector).length > 0 &&
      Object.entries(selector).every(([key, value]) => labels[key] === value)
    if (!leads) continue
    for (const one of mapsAt(service, 'spec', 'ports')) {
      const port = numberAt(one, 'port')
      if (port === undefined || (textAt(one, 'protocol') ?? 'TCP') !== 'TCP') continue
      const target = valueAt(one, 'targetPort') ?? port
      const at = typeof target === 'number' ? target : declared.find(({ name }) => name === target)?.containerPort
      const name = textAt(one, 'name')
      if (at !== undefined) add(at, String(port), ...(name === undefined ? [] : [name]))
    }
  }
  return [...found].map(([port, names]) => ({ port, names: [...names] }))
}

/** The port of the pod that a word means; a number that nothing declares is that number: programs listen where they want. Throws ConfigError for a name that nothing has. */
export const portMeant = (word: string, known: readonly KnownPort[], what: string): number => {
  const isNumber = /^\d+$/.test(word)
  // What the Service calls 80 is meant before what a container has there, which the Service would say too.
  const found =
    known.find(({ names, port }) => names.includes(word) && String(port) !== word) ??
    known.find(({ names, port }) => names.includes(word) || String(port) === word)
  if (found) return found.port
  if (isNumber) return Number(word)
  const names = known.flatMap((one) => one.names)
  const others =
    known.length > 0 ? `There are: ${known.map(shownPort).join(', ')}` : 'It declares none: a number is taken as it is.'
  throw usageError(`${what} has no port ${word}.`, didYouMean(word, names, others))
}

/** `http (80, 8080)` */
export const shownPort = ({ names, port }: KnownPort): string => {
  const [first, ...more] = [...new Set([...names.filter((name) => !/^\d+$/.test(name)), ...names, String(port)])]
  return more.length === 0 ? (first ?? '') : `${first} (${more.join(', ')})`
}
