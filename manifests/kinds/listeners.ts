import { routeKinds } from '../../cluster/diagnose/route-kinds.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { mapsAt, numberAt, textAt, textListAt, type Fields } from '../../core/fields.ts'
import { groupKind, groupOf } from './kind.ts'

/** A place where a Gateway, or a ListenerSet that joins one, takes requests. */
export type Listener = {
  /** `Gateway shop/public`: what routes name as their parent. */
  readonly parent: string
  readonly namespace: string
  readonly name: string
  readonly port: number
  /** `HTTP`, `HTTPS`, `TLS`, … */
  readonly protocol: string
  /** Empty: any name. */
  readonly hostname: string
  /** Whose routes it takes: `All`, `Same`, `Selector`, `None`. */
  readonly from: string
  /** `namespace/name` of the Secrets that it names. */
  readonly certificates: readonly string[]
}

/** A name at which a route answers; empty is any. What the listener has is undefined where nobody knows it. */
export type RouteName = {
  readonly host: string
  readonly secure?: boolean
  readonly port?: number
  readonly certificates?: readonly string[]
}

const group = 'gateway.networking.k8s.io'
const routes = new Set(routeKinds.map((kind) => `${group}/${kind}`))

/** Whether it is a route of the Gateway API that has host names. */
export const isRoute = (object: KubeObject): boolean => routes.has(groupKind(object))

/** What these objects listen at; `namespace`: of those that say none. */
export const listenersOf = (
  objects: readonly { readonly object: KubeObject; readonly namespace: string }[],
): readonly Listener[] =>
  objects.flatMap(({ object, namespace: home }) => {
    if (groupOf(object.apiVersion) !== group || !['Gateway', 'ListenerSet'].includes(object.kind)) return []
    const namespace = object.metadata.namespace ?? home
    return mapsAt(object, 'spec', 'listeners').map((one) => ({
      parent: `${object.kind} ${namespace}/${object.metadata.name}`,
      namespace,
      name: textAt(one, 'name') ?? '',
      port: numberAt(one, 'port') ?? 0,
      protocol: textAt(one, 'protocol') ?? '',
      hostname: textAt(one, 'hostname') ?? '',
      from: textAt(one, 'allowedRoutes', 'namespaces', 'from') ?? 'Same',
      certificates: mapsAt(one, 'tls', 'certificateRefs').map(
        (ref) => `${textAt(ref, 'namespace') ?? namespace}/${textAt(ref, 'name') ?? ''}`,
      ),
    }))
  })

/** What a route names as its parent: `Gateway shop/public`. */
export const parentOf = (ref: Fields, home: string): string =>
  `${textAt(ref, 'kind') ?? 'Gateway'} ${textAt(ref, 'namespace') ?? home}/${textAt(ref, 'name') ?? ''}`

/** Those of a parent that a reference means: of one name, or of one port, where it says so. */
export const meantBy = (ref: Fields, home: string, listeners: readonly Listener[]): readonly Listener[] => {
  const parent = parentOf(ref, home)
  const section = textAt(ref, 'sectionName')
  const port = numberAt(ref, 'port')
  return listeners.filter(
    (one) =>
      one.parent === parent &&
      (section === undefined || one.name === section) &&
      (port === undefined || one.port === port),
  )
}

/** Whether a listener takes routes of a namespace. By labels of namespaces it may: those are not looked at. */
export const takesFrom = ({ from, namespace }: Listener, home: string): boolean =>
  from === 'Same' ? namespace === home : from !== 'None'

/** The names that a listener and a route have in common: empty takes any, a wildcard any that ends like it. Undefined: none. */
export const commonName = (one: string, other: string): string | undefined => {
  if (one === '' || one === other) return other
  if (other === '') return one
  if (one.startsWith('*.') && other.endsWith(one.slice(1))) return other
  if (other.startsWith('*.') && one.endsWith(other.slice(1))) return one
  return undefined
}

/**
 * The names at which a route answers: its own as far as its listeners take them, or theirs where it has none. A parent
 * that is not among the listeners may have any, so the names are those of the route.
 */
export const routeNames = (route: KubeObject, home: string, listeners: readonly Listener[]): readonly RouteName[] => {
  const namespace = route.metadata.namespace ?? home
  const written = textListAt(route, 'spec', 'hostnames').filter((host) => host !== '')
  const own = written.length > 0 ? written : ['']
  const found = mapsAt(route, 'spec', 'parentRefs').flatMap((ref): readonly RouteName[] => {
    // A mesh's route has a Service as its parent: nothing comes in from outside there.
    if (textAt(ref, 'kind') === 'Service') return []
    const isKnown = listeners.some(({ parent }) => parent === parentOf(ref, namespace))
    if (!isKnown) return own.map((host) => ({ host }))
    return meantBy(ref, namespace, listeners)
      .filter((one) => takesFrom(one, namespace))
      .flatMap(({ hostname, protocol, port, certificates }) =>
        own.flatMap((host) => {
          const common = commonName(hostname, host)
          return common === undefined
            ? []
            : [{ host: common, secure: protocol === 'HTTPS' || protocol === 'TLS', port, certificates }]
        }),
      )
  })
  return [...Map.groupBy(found, ({ host }) => host).values()].flatMap((same) => {
    // One that is secure is shown: the other one mostly sends on to it.
    const [best] = [...same.filter(({ secure }) => secure), ...same]
    return best ?? []
  })
}
