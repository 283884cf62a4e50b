import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { startApiServer } from '../api-server/start-api-server.ts'
import type { ApiServer } from '../api-server/start-api-server.ts'
import type { Call, Program } from './call.ts'
import { bindPort, newContainer } from './world.ts'
import type { StandInContainer, World } from './world.ts'

type NodeDocument = {
  readonly role: 'control-plane' | 'worker'
  readonly labels?: Readonly<Record<string, string>>
  readonly extraPortMappings?: readonly {
    readonly containerPort: number
    readonly hostPort: number
    readonly listenAddress: string
    readonly protocol: string
  }[]
}
type NamedNode = NodeDocument & { readonly name: string }

/** What `kind` says and does, as far as kindup calls it; it throws on everything else. */
export const kind =
  (world: World): Program =>
  (call) => {
    const [first = '', second = ''] = call.args
    if (call.args.join(' ') === 'version') {
      call.out('kind v0.33.0 go1.26.1 linux/amd64\n')
      return 0
    }
    if (first === 'create' && second === 'cluster') return create(world, call)
    throw new Error('no such command')
  }

const create = async (world: World, call: Call): Promise<number> => {
  const { values } = parseArgs({
    args: call.args.slice(2),
    options: {
      name: { type: 'string' },
      config: { type: 'string' },
      kubeconfig: { type: 'string' },
      retain: { type: 'boolean' },
    },
  })
  const { name = '', config, kubeconfig = '' } = values
  if (config !== '-' || kubeconfig === '') throw new Error('it takes its document on stdin, and a private kubeconfig')
  const document = parse(await call.stdin()) as { readonly kind: string; readonly nodes: readonly NodeDocument[] }
  if (document.kind !== 'Cluster') throw new Error('this is no document of a cluster')
  if ([...world.containers.values()].some(({ labels }) => labels['io.x-k8s.kind.cluster'] === name))
    return failed(call, `node(s) already exist for a cluster with the name "${name}"`)
  const nodes = named(name, document.nodes)
  call.err(`Creating cluster "${name}" ...\n`)
  world.networks.set('kind', {})

  const stages: readonly (readonly [string, () => Promise<number | undefined>])[] = [
    ['Ensuring node image (kindest/node:v1.36.4)', async () => undefined],
    ['Preparing nodes', () => makeContainers(world, call, name, nodes)],
    ['Writing configuration', async () => undefined],
    ['Starting control-plane', () => startApi(world, name, nodes)],
    ['Installing CNI', async () => undefined],
    [
      'Installing StorageClass',
      async () =>
        world.clusters.get(name)?.state.put({
          apiVersion: 'storage.k8s.io/v1',
          kind: 'StorageClass',
          metadata: { name: 'standard' },
          provisioner: 'rancher.io/local-path',
        }) && undefined,
    ],
    ['Joining worker nodes', () => join(world.clusters.get(name), nodes)],
  ]
  for (const [stage, work] of stages) {
    call.err(` • ${stage} 📦  ...\n`)
    const ended = (await world.before(`kind: ${stage}`, call)) ?? (await work())
    if (ended !== undefined) return ended
    call.signal.throwIfAborted()
    call.err(` ✓ ${stage} 📦\n`)
  }
  return 0
}

/** x-control-plane, x-worker, x-worker2: as kind names them. */
const named = (cluster: string, nodes: readonly NodeDocument[]): readonly NamedNode[] => {
  const counts = new Map<string, number>()
  return nodes.map((node) => {
    const count = (counts.get(node.role) ?? 0) + 1
    counts.set(node.role, count)
    return { ...node, name: `${cluster}-${node.role}${count === 1 ? '' : count}` }
  })
}

const makeContainers = async (
  world: World,
  call: Call,
  cluster: string,
  nodes: readonly NamedNode[],
): Promise<number | undefined> => {
  for (const node of nodes) {
    const container = newContainer(node.name, {
      'io.x-k8s.kind.cluster': cluster,
      'io.x-k8s.kind.role': node.role,
    })
    world.containers.set(node.name, container)
    const taken = await bindPorts(world, container, node)
    if (taken !== undefined)
      return failed(
        call,
        `command "docker run --name ${node.name} kindest/node" failed with error: exit status 125\n` +
          `Command Output: docker: Error response from daemon: driver failed programming external connectivity on endpoint ${node.name}: ` +
          `Bind for ${taken} failed: port is already allocated.`,
      )
    container.running = true
  }
  return undefined
}

const bindPorts = async (
  world: World,
  container: StandInContainer,
  { extraPortMappings = [] }: NamedNode,
): Promise<string | undefined> => {
  for (const { containerPort, hostPort, listenAddress, protocol } of extraPortMappings) {
    const wanted = { address: listenAddress, hostPort, containerPort, protocol: protocol.toLowerCase() }
    try {
      await bindPort(world, container, wanted)
    } catch {
      return `${listenAddress}:${hostPort}`
    }
  }
  return undefined
}

const startApi = async (world: World, cluster: string, nodes: readonly NamedNode[]): Promise<undefined> => {
  const [controlPlane] = nodes.filter(({ role }) => role === 'control-plane')
  if (!controlPlane) throw new Error('a cluster has a control plane')
  const api = await startApiServer({
    context: `kind-${cluster}`,
    ...world.api,
    nodes: [
      {
        name: controlPlane.name,
        ...(controlPlane.labels && { labels: controlPlane.labels }),
        // kind takes it away from a single node.
        ...(nodes.length > 1 && {
          taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
        }),
      },
    ],
  })
  world.clusters.set(cluster, api)
  const container = world.containers.get(controlPlane.name)
  // The port that docker would have bound before, and nobody can reach before it is there.
  if (container)
    container.ports = [
      ...container.ports,
      { address: '127.0.0.1', hostPort: Number(new URL(api.url).port), containerPort: 6443, protocol: 'tcp' },
    ]
}

const join = async (api: ApiServer | undefined, nodes: readonly NamedNode[]): Promise<undefined> => {
  for (const { name, labels } of nodes.filter(({ role }) => role === 'worker'))
    api?.state.put({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels } },
      spec: {},
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        nodeInfo: { kubeletVersion: 'v1.36.2' },
      },
    })
}

const failed = (call: Call, why: string): number => {
  call.err(`ERROR: failed to create cluster: ${why}\n`)
  return 1
}
