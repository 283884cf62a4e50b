import type { NodeConfig, PortConfig, Taint } from '../../config/config.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import type { Engine } from '../engine/engine.ts'
import { boundPorts } from '../kind/endpoint.ts'
import { kindClusterLabel } from '../kind/labels.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { namedNodes } from '../nodes/may-run.ts'
import type { FoundContext } from './context.ts'
import { providerOf, type Provider } from './provider.ts'

/** What an existing cluster tells of itself. */
export type Existing = {
  readonly context: FoundContext
  readonly provider: Provider
  /** `1.36.4` */
  readonly version: string
  /** As if the file had named them; ports are those that lead to its Ingress. */
  readonly nodes: readonly NodeConfig[]
  /** Where its Ingress is reached; undefined where nothing tells. */
  readonly address: string | undefined
  /** Of kube-system: two clusters never share it, whatever their contexts are called. */
  readonly uid: string
  /** How images of this machine's engine get into its nodes. */
  readonly images: 'sent' | 'shared' | 'never'
}

type Known = {
  readonly context: FoundContext
  readonly kube: Kube
  /** Asked only where the nodes may be containers of it; undefined where none answers. */
  engine(): Promise<Engine | undefined>
}

/** Asks a cluster what it is. Writes nothing. Throws what `kube` throws. */
export const inspectExisting = async ({ context, kube, engine }: Known): Promise<Existing> => {
  const [live, version, system, services] = await Promise.all([
    kube.list({ apiVersion: 'v1', kind: 'Node' }),
    kube.version(),
    kube.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }),
    kube.list({ apiVersion: 'v1', kind: 'Service' }),
  ])
  const provider = providerOf({
    context: context.name,
    server: new URL(textAt(context.cluster, 'server') ?? ''),
    nodes: live,
  })
  const plain = live.map(nodeOf)
  const using = provider.name === 'kind' ? await engine() : undefined
  const mapped = using ? await ofContainers(using, plain) : undefined
  const isShared = provider.isLocal && live.length > 0 && live.every(runsOnDocker)
  const found = { context, provider, version: version.replace(/[-+].*$/, ''), uid: system?.metadata.uid ?? '' }
  const images = mapped ? 'sent' : isShared ? 'shared' : 'never'
  const ports = mapped?.filter(({ nodePort }) => nodePort === 80 || nodePort === 443) ?? []
  if (ports.length > 0)
    return {
      ...found,
      images,
      address: ports[0]?.address,
      nodes: plain.map((node) => ({
        ...node,
        ports: ports.filter((port) => port.on === node.name).map(({ on: _on, ...port }) => port),
      })),
    }
  const { address, at } = entranceOf(live, services, provider)
  return {
    ...found,
    images,
    address,
    nodes: plain.map((node, index) =>
      index === at && address !== undefined ? { ...node, ports: webPorts(address) } : node,
    ),
  }
}

const nodeOf = ({ metadata: { name, labels = {} }, spec }: KubeObject): NodeConfig & { readonly name: string } => ({
  name,
  role: 'node-role.kubernetes.io/control-plane' in labels ? 'control-plane' : 'worker',
  labels,
  taints: taintsIn(spec),
  ports: [],
  mounts: [],
})

/** Docker Desktop, OrbStack, colima and the like may run pods by the very engine that builds images. */
const runsOnDocker = (node: KubeObject): boolean =>
  textAt(node, 'status', 'nodeInfo', 'containerRuntimeVersion')?.startsWith('docker://') === true

type Mapped = PortConfig & { readonly on: string }

/** Bound to every address, which is none that a name could lead to: kind's own default for `extraPortMappings`. */
const everyAddress: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** The host ports of kind's nodes, where all of them are containers of this engine; undefined where they are not. */
const ofContainers = async (
  engine: Engine,
  nodes: readonly (NodeConfig & { readonly name: string })[],
): Promise<readonly Mapped[] | undefined> => {
  const containers = (await engine.containers(kindClusterLabel)).filter(({ name }) =>
    nodes.some((node) => node.name === name),
  )
  if (containers.length < nodes.length || nodes.length === 0) return undefined
  const { host } = await engine.reach()
  const named = namedNodes('', nodes)
  return containers.flatMap((container) =>
    boundPorts([container], { host, nodes: named }).map(({ address, hostPort, nodePort, protocol }) => ({
      address: everyAddress[address] ?? address,
      hostPort,
      nodePort,
      protocol,
      on: container.name,
    })),
  )
}

/** Where requests for the Ingress go: the address that a load balancer has, this machine, or a node of a cluster that is near. */
const entranceOf = (
  nodes: readonly KubeObject[],
  services: readonly KubeObject[],
  { name, isLocal }: Provider,
): { readonly address: string | undefined; readonly at: number } => {
  const at = Math.max(
    0,
    nodes.findIndex((node) => taintsIn(node['spec']).length === 0),
  )
  const given = services
    .filter((service) => mapsAt(service, 'spec', 'ports').some(({ port }) => port === 80 || port === 443))
    .flatMap((service) =>
      mapsAt(service, 'status', 'loadBalancer', 'ingress').flatMap((one) => textAt(one, 'ip') ?? []),
    )
  if (isLocal && name !== 'kind' && name !== 'minikube' && name !== 'microk8s') return { address: '127.0.0.1', at }
  if (given[0] !== undefined) return { address: given[0], at }
  const near = nodes[at] && mapsAt(nodes[at], 'status', 'addresses').find(({ type }) => type === 'InternalIP')
  return { address: isLocal ? textAt(near, 'address') : undefined, at }
}

/** The nodes with the ports that lead to its Ingress; `written`: the address that the file gives. */
export const nodesSeen = ({ nodes }: Existing, written: string | undefined): Existing['nodes'] =>
  written === undefined ? nodes : nodes.map((node, index) => ({ ...node, ports: index === 0 ? webPorts(written) : [] }))

/** The ports of an Ingress at that address. */
const webPorts = (address: string): readonly PortConfig[] =>
  [80, 443].map((port) => ({ address, hostPort: port, nodePort: port, protocol: 'tcp' }))

/** The taints of a node's spec, those that Kubernetes sets for a while left out. */
const taintsIn = (spec: unknown): readonly Taint[] =>
  mapsAt(spec, 'taints').flatMap((taint) => {
    const [key, effect] = [textAt(taint, 'key'), textAt(taint, 'effect')]
    if (key === undefined || key.startsWith('node.kubernetes.io/')) return []
    if (effect !== 'NoSchedule' && effect !== 'PreferNoSchedule' && effect !== 'NoExecute') return []
    return [{ key, value: textAt(taint, 'value') ?? '', effect }]
  })
