import type { KubeObject } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import { groupKind } from './kind.ts'
import { isRoute, routeNames, type Listener } from './listeners.ts'

/** What has to be known beside an object, to tell its names. */
export type Around = {
  /** What the plan listens at, for routes of the Gateway API. */
  readonly listeners: readonly Listener[]
  /** The namespace of objects that say none. */
  readonly home: string
}

const nothing: Around = { listeners: [], home: '' }

/** The host names that objects ask to be reached by; of wildcards, which no hosts file can say, the names of `used` under them. */
export const hostsOf = (
  objects: readonly KubeObject[],
  used: readonly string[] = [],
  around: Around = nothing,
): readonly string[] => [
  ...new Set(
    objects.flatMap((object) =>
      writtenHosts(object, around).flatMap((host) => (host.includes('*') ? namesOf(object, host, used) : [host])),
    ),
  ),
]

/** As they are written, wildcards included. */
export const writtenHosts = (object: KubeObject, { listeners, home }: Around = nothing): readonly string[] => {
  const found = isRoute(object)
    ? routeNames(object, home, listeners).map(({ host }) => host)
    : groupKind(object) === 'networking.k8s.io/Ingress'
      ? mapsAt(object, 'spec', 'rules').flatMap((rule) => textAt(rule, 'host') ?? [])
      : []
  return found.filter((host) => host !== '')
}

/** Those of the names that a wildcard of an object means: of a route any labels in front, of an Ingress one. */
export const namesOf = (object: KubeObject, wildcard: string, names: readonly string[]): readonly string[] =>
  isRoute(object)
    ? names.filter((name) => wildcard.startsWith('*.') && name.endsWith(wildcard.slice(1)) && !name.includes('*'))
    : namesUnder(wildcard, names)

/** The wildcards that an object answers to and under which nobody uses a name, each once: a hosts file can say nothing of them. */
export const unusedWildcards = (
  object: KubeObject,
  used: readonly string[],
  around: Around = nothing,
): readonly string[] => [
  ...new Set(
    writtenHosts(object, around).filter((host) => host.startsWith('*.') && namesOf(object, host, used).length === 0),
  ),
]

/** Those of the names that a wildcard means: `*.demo.local` is any one label in front of `.demo.local`. */
export const namesUnder = (wildcard: string, names: readonly string[]): readonly string[] => {
  const rest = wildcard.slice(1)
  return wildcard.startsWith('*.')
    ? names.filter((name) => name.endsWith(rest) && /^[^.*]+$/.test(name.slice(0, -rest.length)))
    : []
}
