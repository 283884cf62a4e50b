import { mapsAt, numberAt, textAt, type Fields } from '../../../core/fields.ts'
import type { KubeObject } from '../../kube/kube.ts'
import { ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'
import { ingressRouteKinds } from '../route-kinds.ts'

/** Traefik's own routes that lead to what is not there: it tells nobody but its log, and serves 404. */
export const ingressRouteCauses = (evidence: Evidence, isListed: IsListed = isSeen(evidence)): readonly Finding[] =>
  ingressRouteKinds
    .flatMap((kind) => ofKind(evidence, kind))
    .flatMap((route) =>
      mapsAt(route, 'spec', 'routes').flatMap((one) =>
        [
          ...mapsAt(one, 'services').map((backend) => serviceWhy(backend, route, evidence)),
          ...mapsAt(one, 'middlewares').map((middleware) => middlewareWhy(middleware, route, evidence, isListed)),
        ].flatMap((why) => (why ? [{ ...aboutObject(route), evidence: [], ...why, depth: 'way' as const }] : [])),
      ),
    )

/** Whether objects of that kind were looked for where the route is. */
type IsListed = (kind: string, route: KubeObject) => boolean

/** Where none at all was seen, perhaps nobody looked. */
const isSeen =
  (evidence: Evidence): IsListed =>
  (kind) =>
    ofKind(evidence, kind).length > 0

type Why = Pick<Finding, 'cause' | 'hints'> | undefined

const serviceWhy = (backend: Fields, route: KubeObject, evidence: Evidence): Why => {
  const name = textAt(backend, 'name')
  // Of Traefik's own kinds of services, and of other namespaces, nothing is known here.
  if (name === undefined || (textAt(backend, 'kind') ?? 'Service') !== 'Service' || isElsewhere(backend, route))
    return undefined
  const service = near(evidence, 'Service', name, route)
  if (!service)
    return {
      cause: `it leads to the Service ${name}, which is not there`,
      hints: [
        'Traefik takes Services of its own namespace, unless `providers.kubernetesCRD.allowCrossNamespace` is on.',
      ],
    }
  const wanted = textAt(backend, 'port') ?? numberAt(backend, 'port')
  const ports = mapsAt(service, 'spec', 'ports')
  const has = ports.some((port) => [String(numberAt(port, 'port')), textAt(port, 'name')].includes(String(wanted)))
  // One that leads outside may have no ports of its own.
  if (has || wanted === undefined || ports.length === 0) return undefined
  return {
    cause: `it leads to port ${wanted} of the Service ${name}, which has ${ports.map((port) => numberAt(port, 'port')).join(', ')}`,
    hints: ['`services[].port` takes a port of the Service, not that of the container.'],
  }
}

const middlewareWhy = (middleware: Fields, route: KubeObject, evidence: Evidence, isListed: IsListed): Why => {
  const kind = route.kind === 'IngressRouteTCP' ? 'MiddlewareTCP' : 'Middleware'
  const name = textAt(middleware, 'name')
  // `auth@file` is one of another provider.
  if (name === undefined || name.includes('@') || isElsewhere(middleware, route)) return undefined
  if (!isListed(kind, route) || near(evidence, kind, name, route)) return undefined
  return {
    cause: `its ${kind} ${name} is not there`,
    hints: [`Traefik drops a route with a ${kind} that it does not find.`],
  }
}

const isElsewhere = (ref: Fields, { metadata: { namespace } }: KubeObject): boolean =>
  (textAt(ref, 'namespace') ?? namespace) !== namespace

const near = (evidence: Evidence, kind: string, name: string, route: KubeObject): KubeObject | undefined =>
  ofKind(evidence, kind).find(
    ({ metadata }) => metadata.name === name && metadata.namespace === route.metadata.namespace,
  )
