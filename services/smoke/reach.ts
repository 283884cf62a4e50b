import { mapsAt, textAt, textListAt, valueAt } from '../../core/fields.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { namesUnder } from '../../manifests/kinds/hosts.ts'
import { isRoute, listenersOf, routeNames } from '../../manifests/kinds/listeners.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { certificateName } from '../../manifests/tls-objects.ts'
import { entrancesOf } from './entrances.ts'
import type { Target } from './where.ts'

/** What of a whole plan leads to one deployable: where its smoke tests go. */
export type Reach = Required<Pick<Target, 'hosts' | 'localHosts' | 'catchAll'>> &
  Pick<Target, 'entrances' | 'ownCertificates' | 'schemes'>

type Known = Pick<Rendered, 'objects' | 'exposed' | 'hosts'>

/** All objects of a deployable, those that make it reachable included; undefined where nobody knows them yet. */
export const knownObjects = (rendered: Known | undefined): readonly KubeObject[] | undefined =>
  rendered?.objects && [...rendered.objects.map(({ object }) => object), ...rendered.exposed]

/** What leads to each deployable of a plan, by id. One Ingress may stand before the Services of several. */
export const reachesOf = (
  deployables: readonly Pick<Deployable, 'id' | 'namespace'>[],
  sources: ReadonlyMap<string, Known>,
): ReadonlyMap<string, Reach> => {
  const localHosts = [...new Set([...sources.values()].flatMap(({ hosts }) => hosts))]
  const all = deployables.map(({ id, namespace }) => ({ id, namespace, objects: knownObjects(sources.get(id)) }))
  const listeners = listenersOf(
    all.flatMap(({ namespace, objects = [] }) => objects.map((object) => ({ object, namespace }))),
  )
  const routes = all.flatMap(({ namespace: home, objects = [] }) =>
    objects.filter(isRoute).map((route) => ({ route, home, names: routeNames(route, home, listeners) })),
  )
  const ingresses = [
    ...all.flatMap(({ namespace, objects = [] }) =>
      objects
        .filter((object) => groupKind(object) === 'networking.k8s.io/Ingress')
        .flatMap((object) => rulesOf(object, namespace)),
    ),
    ...routes.flatMap(({ route, home, names }) =>
      names.map(({ host }) => ({ host, backends: backendsOf(route, route.metadata.namespace ?? home) })),
    ),
  ]
  const ownCertificates = [
    ...all.flatMap(({ objects = [] }) => objects.flatMap(certifiedHosts)),
    ...routes.flatMap(({ names }) => names.filter((one) => one.certificates?.some(isForeign)).map(({ host }) => host)),
  ]
  const schemes = new Map(
    routes.flatMap(({ names }) =>
      names.flatMap(({ host, secure }) => (secure === undefined ? [] : [[host, secure] as const])),
    ),
  )
  // What nobody could render yet may hold any Ingress.
  const catchAll = ingresses.some(({ host }) => host === '') || all.some(({ objects }) => !objects)
  return new Map(
    all.map(({ id, namespace, objects }) => {
      const own = sources.get(id)?.hosts ?? []
      const services = new Set((objects ?? []).filter(({ kind }) => kind === 'Service').map(nameIn(namespace)))
      const leading =
        own.length > 0 ? [] : ingresses.filter(({ backends }) => backends.some((one) => services.has(one)))
      const hosts =
        own.length > 0 ? own : leading.flatMap(({ host }) => (host === '' || host.includes('*') ? [] : host))
      return [
        id,
        {
          hosts,
          localHosts,
          catchAll,
          ownCertificates,
          schemes,
          ...(objects ? { entrances: entrancesOf(objects) } : {}),
        },
      ]
    }),
  )
}

/** A certificate that kindup did not make. */
const isForeign = (secret: string): boolean => secret.split('/').at(-1) !== certificateName

/** Services behind a route. */
const backendsOf = (route: KubeObject, home: string): readonly string[] =>
  mapsAt(route, 'spec', 'rules')
    .flatMap((rule) => mapsAt(rule, 'backendRefs'))
    .map((ref) => `${textAt(ref, 'namespace') ?? home}/${textAt(ref, 'name') ?? ''}`)

/** Hosts of an Ingress that names a Secret with a certificate for them; a section without hosts is for all of its rules. */
const certifiedHosts = (object: KubeObject): readonly string[] => {
  if (groupKind(object) !== 'networking.k8s.io/Ingress') return []
  const inRules = mapsAt(object, 'spec', 'rules').flatMap((rule) => textAt(rule, 'host') ?? [])
  return mapsAt(object, 'spec', 'tls').flatMap((one) => {
    if (!textAt(one, 'secretName')) return []
    const hosts = textListAt(one, 'hosts').filter((host) => host !== '')
    return hosts.length > 0
      ? inRules.filter((host) => hosts.some((each) => each === host || namesUnder(each, [host]).length > 0))
      : inRules
  })
}

const nameIn =
  (namespace: string) =>
  ({ metadata }: KubeObject): string =>
    `${metadata.namespace ?? namespace}/${metadata.name}`

/** Each rule with the Services behind it; the host is empty where it takes any. */
const rulesOf = (
  object: KubeObject,
  home: string,
): readonly { readonly host: string; readonly backends: readonly string[] }[] => {
  const defaultBackend = valueAt(object, 'spec', 'defaultBackend')
  const namespace = object.metadata.namespace ?? home
  const found = mapsAt(object, 'spec', 'rules').map((rule) => ({
    host: textAt(rule, 'host') ?? '',
    backends: servicesIn(rule, namespace),
  }))
  return defaultBackend ? [...found, { host: '', backends: servicesIn({ defaultBackend }, namespace) }] : found
}

const servicesIn = (value: unknown, namespace: string): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((inner) => servicesIn(inner, namespace))
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'service' && isRecord(inner) && typeof inner['name'] === 'string'
      ? [`${namespace}/${inner['name']}`]
      : servicesIn(inner, namespace),
  )
}
