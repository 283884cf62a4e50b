import { fieldsAt, mapsAt, numberAt, textAt, textListAt, valueAt, type Fields } from '../../core/fields.ts'
import { nearest } from '../../core/suggest.ts'
import { groupKind } from '../kinds/kind.ts'
import { commonName, isRoute, meantBy, parentOf, takesFrom, type Listener } from '../kinds/listeners.ts'
import type { Finding } from '../schema/check.ts'
import { shown, type Path } from '../schema/words.ts'
import { doubtful } from './finding.ts'
import { indexed } from './pod-at.ts'
import type { PlanObject, PlanObjects } from './plan-objects.ts'
import { missing } from './references.ts'
import { backendFindings } from './targets.ts'

const group = 'gateway.networking.k8s.io'

/** Gateways that nothing takes up, or whose certificates are nowhere. */
export const gatewayFindings = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  if (groupKind(object) !== `${group}/Gateway`) return []
  return [
    ...classFindings(textAt(object, 'spec', 'gatewayClassName') ?? '', plan),
    ...indexed(valueAt(object, 'spec', 'listeners')).flatMap(([index, listener]) => {
      const at = ['spec', 'listeners', index]
      return [
        ...portFindings(object, listener, [...at, 'port'], plan),
        ...indexed(valueAt(listener, 'tls', 'certificateRefs')).flatMap(([nth, ref]) => {
          if ((textAt(ref, 'kind') ?? 'Secret') !== 'Secret') return []
          const home = textAt(ref, 'namespace') ?? namespace
          const name = textAt(ref, 'name')
          const path = [...at, 'tls', 'certificateRefs', nth, 'name']
          if (home !== namespace && !isGranted('Gateway', namespace, 'Secret', home, plan))
            return [notGranted([...at, 'tls', 'certificateRefs', nth, 'namespace'], 'Secret', namespace, home)]
          return plan.secrets.some((one) => one.name === name && one.namespaces.includes(home))
            ? []
            : missing({ kind: 'Secret', name }, path, home, plan)
        }),
      ]
    }),
  ]
}

const classFindings = (name: string, plan: PlanObjects): readonly Finding[] => {
  const classes = plan.anywhere(`${group}/GatewayClass`).map(({ object }) => object.metadata.name)
  // Something that is not rendered yet may bring it.
  if (name === '' || plan.isOpen('') || classes.includes(name)) return []
  const near = nearest(name, classes)
  return [
    doubtful(
      ['spec', 'gatewayClassName'],
      `spec.gatewayClassName is ${name}, and nothing in the plan serves that class${classes.length > 0 ? ` (it has ${classes.join(', ')})` : ''}: its routes lead nowhere unless the cluster has it`,
      near === undefined
        ? classes[0] === undefined
          ? 'Add `gateway: true` under `addons:`, which brings the class traefik.'
          : `Write \`gatewayClassName: ${classes[0]}\`.`
        : `Did you mean \`${near}\`?`,
      `Gateway class ${name}`,
    ),
  ]
}

/** Traefik opens no ports for a Gateway: it takes a listener only at one that it listens on itself. */
const portFindings = (
  gateway: PlanObject['object'],
  listener: Fields,
  path: Path,
  plan: PlanObjects,
): readonly Finding[] => {
  const named = textAt(gateway, 'spec', 'gatewayClassName')
  const serving = plan.anywhere(`${group}/GatewayClass`).find(({ object }) => object.metadata.name === named)
  if (textAt(serving?.object, 'spec', 'controllerName') !== 'traefik.io/gateway-controller') return []
  const own = plan
    .anywhere('apps/Deployment')
    .flatMap(({ object }) => mapsAt(object, 'spec', 'template', 'spec', 'containers'))
    .find((container) => textListAt(container, 'args').includes('--providers.kubernetesgateway'))
  const points = textListAt(own, 'args').flatMap((arg) => {
    const [, name, port] = /^--entryPoints\.([^.]+)\.address=:(\d+)/i.exec(arg) ?? []
    return name === undefined || port === undefined ? [] : [{ name, port }]
  })
  const ports = points.map(({ port }) => port)
  // Its own page and figures are nobody's routes.
  const forRoutes = points.filter(({ name }) => !['traefik', 'metrics'].includes(name.toLowerCase()))
  const asked = numberAt(listener, 'port')
  const protocol = textAt(listener, 'protocol')
  if (asked === undefined || ports.length === 0 || ports.includes(String(asked)) || protocol === 'UDP') return []
  return [
    doubtful(
      path,
      `${shown(path)} is ${asked}, and Traefik listens on ${forRoutes.map(({ port }) => port).join(' and ')}: it leaves the listener out`,
      `Write ${protocol === 'HTTPS' || protocol === 'TLS' ? 443 : 80}, or add the port: addons: { traefik: { set: { ports.more.port: ${asked}, ports.more.hostPort: ${asked} } } }`,
    ),
  ]
}

/** Routes without a way in, or that lead to nothing. */
export const routeFindings = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  if (!isRoute(object)) return []
  return [
    ...parentFindings({ object, namespace }, plan),
    ...indexed(valueAt(object, 'spec', 'rules')).flatMap(([index, rule]) => {
      const at = ['spec', 'rules', index]
      return [
        ...indexed(rule['backendRefs']).map(([nth, ref]) => ({ ref, path: [...at, 'backendRefs', nth] })),
        ...indexed(rule['filters']).flatMap(([nth, filter]) => {
          const ref = fieldsAt(filter, 'requestMirror', 'backendRef')
          return Object.keys(ref).length === 0
            ? []
            : [{ ref, path: [...at, 'filters', nth, 'requestMirror', 'backendRef'] }]
        }),
      ].flatMap(({ ref, path }) => backendsAt(object.kind, ref, path, namespace, plan))
    }),
  ]
}

const backendsAt = (
  route: string,
  ref: Fields,
  path: Path,
  namespace: string,
  plan: PlanObjects,
): readonly Finding[] => {
  if ((textAt(ref, 'kind') ?? 'Service') !== 'Service' || (textAt(ref, 'group') ?? '') !== '') return []
  const home = textAt(ref, 'namespace') ?? namespace
  if (plan.isOpen(home)) return []
  if (home !== namespace && !isGranted(route, namespace, 'Service', home, plan))
    return [notGranted([...path, 'namespace'], 'Service', namespace, home)]
  const number = numberAt(ref, 'port')
  // In an Ingress the number stands one level deeper.
  return backendFindings(
    {
      path,
      name: textAt(ref, 'name') ?? '',
      port: number === undefined ? {} : { number },
      number: [...path, 'port'],
    },
    home,
    plan,
  )
}

const parentFindings = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  const { listeners } = plan
  const refs = indexed(valueAt(object, 'spec', 'parentRefs'))
  const taking: Listener[] = []
  let unknown = refs.length === 0
  const found = refs.flatMap(([index, ref]): readonly Finding[] => {
    const at = ['spec', 'parentRefs', index]
    const kind = textAt(ref, 'kind') ?? 'Gateway'
    const home = textAt(ref, 'namespace') ?? namespace
    if (!['Gateway', 'ListenerSet'].includes(kind) || plan.isOpen(home)) {
      unknown = true
      return []
    }
    const name = textAt(ref, 'name') ?? ''
    if (!plan.find(`${group}/${kind}`, home, name)) {
      unknown = true
      const all = plan.anywhere(`${group}/${kind}`)
      const near = nearest(
        name,
        all.map((one) => one.object.metadata.name),
      )
      const same = all.find((one) => one.object.metadata.name === (near ?? name))
      return [
        doubtful(
          [...at, 'name'],
          `${shown([...at, 'name'])} is ${name}, and no ${kind} of the plan in ${home} is called that`,
          same
            ? `There is ${same.object.metadata.name}${same.namespace === home ? '' : ` in ${same.namespace}: add \`namespace: ${same.namespace}\``}.`
            : all[0]
              ? `There is ${all.map((one) => `${one.namespace}/${one.object.metadata.name}`).join(', ')}.`
              : 'Add `gateway: true` under `addons:`, which brings traefik-gateway in namespace traefik.',
          `missing ${kind} ${home}/${name}`,
        ),
      ]
    }
    const parent = parentOf(ref, namespace)
    const meant = meantBy(ref, namespace, listeners)
    const section = textAt(ref, 'sectionName')
    // A Gateway without any listener is its own mistake.
    if (meant.length === 0 && section === undefined && numberAt(ref, 'port') === undefined) return []
    if (meant.length === 0) {
      const path = [...at, section === undefined ? 'port' : 'sectionName']
      const has = listeners.filter((one) => one.parent === parent).map((one) => `${one.name} (port ${one.port})`)
      return [
        doubtful(
          path,
          `${shown(path)} is ${section ?? numberAt(ref, 'port')}, and ${kind} ${name} has no such listener (it has ${has.join(', ')})`,
        ),
      ]
    }
    const open = meant.filter((one) => takesFrom(one, namespace))
    if (open.length === 0)
      return [
        doubtful(
          [...at, 'name'],
          `${shown([...at, 'name'])}: the listeners of ${kind} ${name} take no routes of namespace ${namespace}`,
          'Its listeners say whose they take: `allowedRoutes: { namespaces: { from: All } }`.',
        ),
      ]
    taking.push(...open)
    return []
  })
  if (unknown || taking.length === 0) return found
  const names = [...new Set(taking.map(({ hostname }) => hostname))]
  return [
    ...found,
    ...textListAt(object, 'spec', 'hostnames').flatMap((host, index) =>
      taking.some(({ hostname }) => commonName(hostname, host) !== undefined)
        ? []
        : [
            doubtful(
              ['spec', 'hostnames', index],
              `spec.hostnames[${index}] is ${host}, and no listener of its parents takes that name (they take ${names.join(', ')})`,
            ),
          ],
    ),
  ]
}

/** Whether a ReferenceGrant of the other namespace lets it be named from this one. */
const isGranted = (from: string, namespace: string, kind: string, home: string, plan: PlanObjects): boolean =>
  plan.isOpen(home) ||
  plan
    .all(`${group}/ReferenceGrant`, home)
    .some(
      (grant) =>
        mapsAt(grant, 'spec', 'from').some(
          (one) => textAt(one, 'kind') === from && textAt(one, 'namespace') === namespace,
        ) && mapsAt(grant, 'spec', 'to').some((one) => textAt(one, 'kind') === kind),
    )

const notGranted = (path: Path, kind: string, namespace: string, home: string): Finding =>
  doubtful(
    path,
    `${shown(path)} is ${home}, and no ReferenceGrant there lets ${namespace} name a ${kind}`,
    `Add a ReferenceGrant in ${home}, or take one of ${namespace}.`,
  )
