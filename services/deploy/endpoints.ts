import { listAt, mapsAt, numberAt, textAt, textListAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Endpoint, Port } from '../../core/step.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'
import { localName } from '../local-name.ts'
import { namesOf, namesUnder, type Around } from '../../manifests/kinds/hosts.ts'
import { routeNames } from '../../manifests/kinds/listeners.ts'

/**
 * What of the objects can be opened from this machine: hosts of Ingresses and routes, node ports that are mapped. `name` is the
 * service's; of a wildcard the names under it that are used. `secure`: the ingress has a certificate for every host.
 */
export const endpointsOf = (
  name: string,
  objects: readonly KubeObject[],
  ports: readonly Port[],
  {
    used = [],
    secure = false,
    around = { listeners: [], home: '' },
  }: { readonly used?: readonly string[]; readonly secure?: boolean; readonly around?: Around } = {},
): readonly Endpoint[] => {
  const isHttps = secure && ports.some(({ nodePort, protocol }) => nodePort === 443 && protocol === 'tcp')
  const found = objects.flatMap((object): Endpoint[] => {
    switch (groupKind(object)) {
      case 'networking.k8s.io/Ingress':
        return ingressUrls(object, ports, used, isHttps).map((url) => ({ name, url }))
      case 'gateway.networking.k8s.io/HTTPRoute':
        return routeUrls(object, ports, { used, secure: isHttps, around }).map((url) => ({ name, url }))
      case 'Service':
        return servicePorts(object, ports).map(({ port, url }): Endpoint => ({
          name: port === undefined ? name : `${name} ${port}`,
          url,
        }))
      default:
        return []
    }
  })
  return found.filter(({ url }, index) => found.findIndex((other) => other.url === url) === index)
}

const ingressUrls = (
  object: KubeObject,
  ports: readonly Port[],
  used: readonly string[],
  isHttps: boolean,
): readonly string[] => {
  const rules = mapsAt(object, 'spec', 'rules')
  const tls = mapsAt(object, 'spec', 'tls')
  // A backend for what no rule takes is a rule without a host.
  const all = rules.length > 0 ? rules : isRecord(valueAt(object, 'spec', 'defaultBackend')) ? [{}] : []
  return all.flatMap((rule) => {
    const inRule = textAt(rule, 'host')
    const names = inRule?.includes('*') ? namesUnder(inRule, used) : [inRule]
    return names.flatMap((written) => {
      const secure = isHttps || tls.some((one) => isFor(textListAt(one, 'hosts'), written || 'localhost'))
      const usual = secure ? 443 : 80
      const port = ports.find((one) => one.nodePort === usual && one.protocol === 'tcp')
      // No port leads to the ingress: the name alone would be a promise that nothing keeps.
      if (!port) return []
      const host = written || localName(port)
      const shown = port.hostPort === usual ? '' : `:${port.hostPort}`
      return [`${secure ? 'https' : 'http'}://${host}${shown}${pathOf(mapsAt(rule, 'http', 'paths'))}`]
    })
  })
}

/** Of a route with a Gateway that the plan does not have: where an Ingress would answer. */
const routeUrls = (
  object: KubeObject,
  ports: readonly Port[],
  { used, secure: isHttps, around }: { used: readonly string[]; secure: boolean; around: Around },
): readonly string[] =>
  routeNames(object, around.home, around.listeners).flatMap(({ host: written, secure = isHttps, port: listened }) => {
    const usual = secure ? 443 : 80
    const port = ports.find((one) => one.nodePort === (listened ?? usual) && one.protocol === 'tcp')
    if (!port) return []
    const names = written.includes('*') ? namesOf(object, written, used) : [written || localName(port)]
    const shown = port.hostPort === usual ? '' : `:${port.hostPort}`
    const paths = mapsAt(object, 'spec', 'rules').flatMap((rule) =>
      listAt(rule, 'matches').length === 0 ? [{ path: '/' }] : mapsAt(rule, 'matches').map(pathIn),
    )
    return names.map((host) => `${secure ? 'https' : 'http'}://${host}${shown}${pathOf(paths)}`)
  })

/** Of a match by headers alone any path is meant. */
const pathIn = (match: Fields): Fields => ({ path: textAt(match, 'path', 'value') ?? '/' })

/** A certificate that names nobody is for all. */
const isFor = (hosts: readonly string[], host: string): boolean => {
  const named = hosts.filter((one) => one !== '')
  return named.some((one) => one === host || namesUnder(one, [host]).length > 0) || named.length === 0
}

const patternSigns = /[()[\]{}*?+|^$\\]/

/** The shortest path that is one: with `/api` alone, the root would answer 404. Of a pattern, what stands before its signs: `/old` of `/old(/|$)(.*)`. */
const pathOf = (paths: readonly Fields[]): string => {
  const plain = paths
    .map((one) => textAt(one, 'path') ?? '/')
    .map((path) => (patternSigns.test(path) ? (/^\^?([\w/.~-]*)(?![?*{])/.exec(path)?.[1] ?? '') : path))
    .filter((path) => path !== '')
  const [shortest = '/'] = plain.toSorted((a, b) => a.length - b.length)
  return plain.length === 0 || shortest === '/' ? '' : shortest
}

const servicePorts = (
  object: KubeObject,
  mapped: readonly Port[],
): readonly { readonly port: string | undefined; readonly url: string }[] => {
  const type = textAt(object, 'spec', 'type')
  if (type !== 'NodePort' && type !== 'LoadBalancer') return []
  const offered = mapsAt(object, 'spec', 'ports')
  return offered.flatMap((one) => {
    const protocol = textAt(one, 'protocol') ?? 'TCP'
    const nodePort = numberAt(one, 'nodePort')
    const at = mapped.find((other) => other.nodePort === nodePort && other.protocol === protocol.toLowerCase())
    if (!at) return []
    const name = textAt(one, 'name')
    const port = numberAt(one, 'port') ?? 0
    const scheme = schemeOf(name ?? '', textAt(one, 'appProtocol') ?? '', port, protocol)
    const shown = offered.length > 1 ? (name ?? `${object.metadata.name}:${port}`) : undefined
    return [{ port: shown, url: `${scheme}${localName(at)}:${at.hostPort}` }]
  })
}

/** `http://` or `https://` by the port's name, its protocol and its number; empty where they tell nothing. */
export const schemeOf = (name: string, appProtocol: string, port: number, protocol: string): string => {
  if (protocol !== 'TCP') return ''
  if (
    name.startsWith('https') ||
    /^(?:kubernetes\.io\/)?(?:https|wss)$/.test(appProtocol) ||
    [443, 8443].includes(port)
  )
    return 'https://'
  const plain = /^(?:http|web|ui)/.test(name) || /^(?:http|kubernetes\.io\/ws)/.test(appProtocol)
  return plain || [80, 3000, 5000, 8000, 8080].includes(port) ? 'http://' : ''
}
