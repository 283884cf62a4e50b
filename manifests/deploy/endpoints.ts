import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Endpoint, Port } from '../../core/step.ts'
import { groupKind } from '../kinds/kind.ts'
import { localName } from '../local-name.ts'

type IngressSpec = {
  readonly rules?: readonly {
    readonly host?: string
    readonly http?: { readonly paths?: readonly { readonly path?: string; readonly pathType?: string }[] }
  }[]
  readonly tls?: readonly { readonly hosts?: readonly string[] }[]
}

type ServiceSpec = {
  readonly type?: string
  readonly ports?: readonly {
    readonly name?: string
    readonly port: number
    readonly nodePort?: number
    readonly protocol?: string
    readonly appProtocol?: string
  }[]
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

const ingressUrls = ({ rules = [], tls = [] }: IngressSpec, ports: readonly Port[]): readonly string[] =>
  rules.flatMap(({ host: written, http }) => {
    if (written?.includes('*')) return []
    const secure = tls.some(({ hosts = [] }) => hosts.length === 0 || hosts.includes(written ?? 'localhost'))
    const nodePort = secure ? 443 : 80
    const usual = nodePort
    const port = ports.find((one) => one.nodePort === nodePort && one.protocol === 'tcp')
    // No port leads to the ingress: the name alone would be a promise that nothing keeps.
    if (!port) return []
    const host = written ?? localName(port)
    const shown = port.hostPort === usual ? '' : `:${port.hostPort}`
    return [`${secure ? 'https' : 'http'}://${host}${shown}${pathOf(http?.paths ?? [])}`]
  })

/** The shortest path that is one: with `/api` alone, the root would answer 404. Regular expressions are none. */
const pathOf = (paths: NonNullable<NonNullable<IngressSpec['rules']>[number]['http']>['paths'] & object): string => {
  const plain = paths.map(({ path = '/' }) => path).filter((path) => /^[\w/.~-]*$/.test(path))
  const [shortest = '/'] = plain.toSorted((a, b) => a.length - b.length)
  return plain.length === 0 || shortest === '/' ? '' : shortest
}

const servicePorts = (
  service: string,
  { type, ports: offered = [] }: ServiceSpec,
  mapped: readonly Port[],
): readonly { readonly port: string | undefined; readonly url: string }[] =>
  type !== 'NodePort' && type !== 'LoadBalancer'
    ? []
    : offered.flatMap(({ name, port, nodePort, protocol = 'TCP', appProtocol = '' }) => {
        const at = mapped.find((one) => one.nodePort === nodePort && one.protocol === protocol.toLowerCase())
        if (!at) return []
        const scheme = schemeOf(name ?? '', appProtocol, port, protocol)
        const address = `${localName(at)}:${at.hostPort}`
        return [{ port: offered.length > 1 ? (name ?? `${service}:${port}`) : undefined, url: scheme + address }]
      })

const schemeOf = (name: string, appProtocol: string, port: number, protocol: string): string => {
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
