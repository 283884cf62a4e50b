import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Endpoint, Port } from '../../core/step.ts'
import { groupKind } from '../kinds/kind.ts'
import { localName } from '../local-name.ts'

type IngressSpec = {
  readonly rules?: readonly IngressRule[] | null
  readonly tls?: readonly { readonly hosts?: readonly string[] | null }[] | null
  readonly defaultBackend?: object | null
}
/** Charts write what they have no value for as null, or as an empty text. */
type IngressRule = {
  readonly host?: string | null
  readonly http?: { readonly paths?: readonly IngressPath[] | null } | null
}
type IngressPath = { readonly path?: string; readonly pathType?: string }

type ServiceSpec = {
  readonly type?: string
  /** The API writes null for none. */
  readonly ports?:
    | readonly {
        readonly name?: string
        readonly port: number
        readonly nodePort?: number
        readonly protocol?: string
        readonly appProtocol?: string
      }[]
    | null
}

/** What of the objects can be opened from this machine: hosts of Ingresses, node ports that are mapped. `name` is the service's. */
export const endpointsOf = (
  name: string,
  objects: readonly KubeObject[],
  ports: readonly Port[],
): readonly Endpoint[] => {
  const found = objects.flatMap((object): Endpoint[] => {
    switch (groupKind(object)) {
      case 'networking.k8s.io/Ingress':
        return ingressUrls((object['spec'] ?? {}) as IngressSpec, ports).map((url) => ({ name, url }))
      case 'Service':
        return servicePorts(object.metadata.name, (object['spec'] ?? {}) as ServiceSpec, ports).map(
          ({ port, url }): Endpoint => ({ name: port === undefined ? name : `${name} ${port}`, url }),
        )
      default:
        return []
    }
  })
  return found.filter(({ url }, index) => found.findIndex((other) => other.url === url) === index)
}

const ingressUrls = ({ rules, tls, defaultBackend }: IngressSpec, ports: readonly Port[]): readonly string[] =>
  // A backend for what no rule takes is a rule without a host.
  (rules?.length ? rules : defaultBackend ? [{}] : []).flatMap(({ host: written, http }: IngressRule) => {
    if (written?.includes('*')) return []
    const secure = (tls ?? []).some(({ hosts }) => isFor(hosts ?? [], written || 'localhost'))
    const usual = secure ? 443 : 80
    const port = ports.find((one) => one.nodePort === usual && one.protocol === 'tcp')
    // No port leads to the ingress: the name alone would be a promise that nothing keeps.
    if (!port) return []
    const host = written || localName(port)
    const shown = port.hostPort === usual ? '' : `:${port.hostPort}`
    return [`${secure ? 'https' : 'http'}://${host}${shown}${pathOf(http?.paths ?? [])}`]
  })

/** A certificate that names nobody is for all. */
const isFor = (hosts: readonly string[], host: string): boolean => {
  const named = hosts.filter((one) => one !== '')
  return named.length === 0 || named.includes(host)
}

/** The shortest path that is one: with `/api` alone, the root would answer 404. Regular expressions are none. */
const pathOf = (paths: readonly IngressPath[]): string => {
  const plain = paths.map(({ path = '/' }) => path).filter((path) => /^[\w/.~-]*$/.test(path))
  const [shortest = '/'] = plain.toSorted((a, b) => a.length - b.length)
  return plain.length === 0 || shortest === '/' ? '' : shortest
}

const servicePorts = (
  service: string,
  { type, ports: offered }: ServiceSpec,
  mapped: readonly Port[],
): readonly { readonly port: string | undefined; readonly url: string }[] =>
  type !== 'NodePort' && type !== 'LoadBalancer'
    ? []
    : (offered ?? []).flatMap(({ name, port, nodePort, protocol = 'TCP', appProtocol = '' }) => {
        const at = mapped.find((one) => one.nodePort === nodePort && one.protocol === protocol.toLowerCase())
        if (!at) return []
        const scheme = schemeOf(name ?? '', appProtocol, port, protocol)
        const address = `${localName(at)}:${at.hostPort}`
        return [
          { port: (offered ?? []).length > 1 ? (name ?? `${service}:${port}`) : undefined, url: scheme + address },
        ]
      })

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
