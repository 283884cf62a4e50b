import type { KubeObject } from '../../cluster/kube/kube.ts'
import { schemeOf } from '../deploy/endpoints.ts'
import { groupKind } from '../kinds/kind.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'

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

type ServicePort = {
  readonly name?: string
  readonly port: number
  readonly nodePort?: number
  readonly protocol?: string
  readonly appProtocol?: string
}
type ContainerPort = { readonly name?: string; readonly hostPort?: number; readonly protocol?: string }

/** The ways into a service that its objects tell. */
export const entrancesOf = (objects: readonly KubeObject[]): Entrances => ({
  ingress: objects.some((object) => routes.test(groupKind(object))),
  ports: objects.flatMap((object) => [...nodePorts(object), ...hostPorts(object)]),
})

const nodePorts = (object: KubeObject): readonly Entrance[] => {
  if (groupKind(object) !== 'Service') return []
  const { ports } = (object['spec'] ?? {}) as { readonly ports?: readonly ServicePort[] | null }
  return (ports ?? []).flatMap(({ name, port, nodePort, protocol, appProtocol }) =>
    nodePort ? [entrance(nodePort, protocol, schemeOf(name ?? '', appProtocol ?? '', port, protocol ?? 'TCP'))] : [],
  )
}

const hostPorts = (object: KubeObject): readonly Entrance[] =>
  containersOf(podTemplateOf(object)?.spec)
    .flatMap(({ ports }) => (ports ?? []) as readonly ContainerPort[])
    .flatMap(({ name, hostPort, protocol }) =>
      hostPort ? [entrance(hostPort, protocol, schemeOf(name ?? '', '', hostPort, protocol ?? 'TCP'))] : [],
    )

const entrance = (nodePort: number, protocol: string | undefined, scheme: string): Entrance => ({
  nodePort,
  protocol: (protocol ?? 'TCP').toLowerCase() as Entrance['protocol'],
  scheme: scheme.replace('://', '') as Entrance['scheme'],
})
