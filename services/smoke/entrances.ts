import { mapsAt, numberAt, textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { schemeOf } from '../deploy/endpoints.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'
import { containersOf, podTemplateOf } from '../../manifests/transform/pod-templates.ts'

/** A port of the nodes that leads to a service past every Ingress. */
export type Entrance = {
  readonly nodePort: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  /** What is spoken there; empty where nobody says. */
  readonly scheme: '' | 'http' | 'https'
}

/** How a service can be reached from outside of the cluster. */
export type Entrances = {
  /** Whether an Ingress, or a route of another kind, is among its objects. */
  readonly ingress: boolean
  /** Node ports of its Services and host ports of its pods, whether or not a port of this machine leads there. */
  readonly ports: readonly Entrance[]
}

/** What leads traffic from the controller's ports to Services. */
const routes = /\/(?:Ingress|IngressRoute|IngressRouteTCP|HTTPRoute|GRPCRoute|TLSRoute|TCPRoute|VirtualService|Route)$/

/** The ways into a service that its objects tell. */
export const entrancesOf = (objects: readonly KubeObject[]): Entrances => ({
  ingress: objects.some((object) => routes.test(groupKind(object))),
  ports: objects.flatMap((object) => [...nodePorts(object), ...hostPorts(object)]),
})

const nodePorts = (object: KubeObject): readonly Entrance[] => {
  if (groupKind(object) !== 'Service') return []
  return mapsAt(object, 'spec', 'ports').flatMap((one) => {
    const nodePort = numberAt(one, 'nodePort')
    const protocol = textAt(one, 'protocol')
    const scheme = () =>
      schemeOf(
        textAt(one, 'name') ?? '',
        textAt(one, 'appProtocol') ?? '',
        numberAt(one, 'port') ?? 0,
        protocol ?? 'TCP',
      )
    return nodePort ? [entrance(nodePort, protocol, scheme())] : []
  })
}

const hostPorts = (object: KubeObject): readonly Entrance[] =>
  containersOf(podTemplateOf(object))
    .flatMap(({ written }) => mapsAt(written, 'ports'))
    .flatMap((one) => {
      const hostPort = numberAt(one, 'hostPort')
      const protocol = textAt(one, 'protocol')
      return hostPort
        ? [entrance(hostPort, protocol, schemeOf(textAt(one, 'name') ?? '', '', hostPort, protocol ?? 'TCP'))]
        : []
    })

const protocols: Readonly<Record<string, Entrance['protocol']>> = { UDP: 'udp', SCTP: 'sctp' }

const entrance = (nodePort: number, protocol: string | undefined, scheme: string): Entrance => ({
  nodePort,
  protocol: protocols[protocol ?? 'TCP'] ?? 'tcp',
  scheme: scheme === 'https://' ? 'https' : scheme === 'http://' ? 'http' : '',
})
