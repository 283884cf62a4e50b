import type { Container, Engine, EngineImage, EngineInfo } from '../../cluster/engine/engine.ts'
import type { Labels } from '../../config/config.ts'

export type World = {
  readonly volumes: Map<string, Labels>
  readonly containers: Map<string, Container>
  readonly networks: Map<string, Labels>
  readonly images: Map<string, EngineImage>
}

type Exec = Engine['exec']

const carries = (labels: Labels, label: string): boolean => {
  const [key = '', ...value] = label.split('=')
  return key in labels && (value.length === 0 || labels[key] === value.join('='))
}

const untold = (what: string) => (): Promise<never> => Promise.reject(new Error(`nobody told what ${what} does`))

const named = <T extends { labels: Labels }>(things: Iterable<T>, label: string): T[] =>
  [...things].filter(({ labels }) => carries(labels, label))

/** An engine that keeps its things in memory. What it was not told about it does not do: it throws. */
export const standInEngine = (
  parts: {
    readonly name?: Engine['name']
    readonly containers?: readonly Container[]
    readonly networks?: Readonly<Record<string, Labels>>
    readonly images?: Readonly<Record<string, EngineImage>>
    readonly info?: Partial<EngineInfo>
    readonly exec?: Exec
    readonly logs?: Engine['logs']
    readonly over?: Partial<Engine>
  } = {},
): { readonly engine: Engine; readonly world: World } => {
  const world: World = {
    volumes: new Map(),
    containers: new Map((parts.containers ?? []).map((container) => [container.name, container])),
    networks: new Map(Object.entries(parts.networks ?? {})),
    images: new Map(Object.entries(parts.images ?? {})),
  }
  const engine: Engine = {
    name: parts.name ?? 'docker',
    command: parts.name ?? 'docker',
    aliases: parts.name !== 'nerdctl',
    reach: () => engine.info(),
    info: () =>
      Promise.resolve({
        version: '28.0.0',
        cgroupVersion: 2,
        cpus: 2,
        memoryBytes: 8e9,
        architecture: 'amd64',
        rootless: false,
        containerdStore: false,
        ...parts.info,
      }),
    volume: (name) => {
      const labels = world.volumes.get(name)
      return Promise.resolve(labels && { name, labels })
    },
    volumes: (label) => {
      const all = [...world.volumes].map(([name, labels]) => ({ name, labels }))
      return Promise.resolve(label === undefined ? all : named(all, label))
    },
    createVolume: async (name, labels) => void world.volumes.set(name, labels),
    removeVolume: async (name) => void world.volumes.delete(name),
    containers: (label) => Promise.resolve(named(world.containers.values(), label)),
    container: (name) => Promise.resolve(world.containers.get(name)),
    runContainer: untold('runContainer'),
    containerNames: (label) => Promise.resolve(named(world.containers.values(), label).map(({ name }) => name)),
    startContainers: async (names) => {
      for (const name of names) {
        const { paused: _paused, ...container } = world.containers.get(name)!
        world.containers.set(name, { ...container, running: true })
      }
    },
    pauseContainers: async (names) => {
      for (const name of names)
        world.containers.set(name, { ...world.containers.get(name)!, running: false, paused: true })
    },
    removeContainers: async (names) => {
      for (const name of names) world.containers.delete(name)
    },
    networks: (label) =>
      Promise.resolve([...world.networks].filter(([, labels]) => carries(labels, label)).map(([name]) => name)),
    hasNetwork: (name) => Promise.resolve(world.networks.has(name)),
    removeNetwork: async (name) => void world.networks.delete(name),
    exec: parts.exec ?? untold('exec'),
    execCommand: () => {
      throw new Error('nobody told what runs in a container')
    },
    logs: parts.logs ?? untold('logs'),
    image: (ref) => Promise.resolve(world.images.get(ref)),
    imagesWith: (label) =>
      Promise.resolve(
        [...world.images].filter(([, { labels }]) => label === undefined || label in labels).map(([ref]) => ref),
      ),
    removeImage: async (ref) => void world.images.delete(ref),
    pull: untold('pull'),
    build: untold('build'),
    tag: untold('tag'),
    push: untold('push'),
    saveCommand: () => {
      throw new Error('nobody told what saves')
    },
    ...parts.over,
  }
  return { engine, world }
}

/** A node container as kind makes it. */
export const nodeContainer = (
  cluster: string,
  role: 'control-plane' | 'worker' | 'external-load-balancer',
  parts: Partial<Container> = {},
): Container => ({
  name: `${cluster}-${role}`,
  labels: { 'io.x-k8s.kind.cluster': cluster, 'io.x-k8s.kind.role': role },
  running: true,
  ports: role === 'worker' ? [] : [{ address: '127.0.0.1', hostPort: 34567, containerPort: 6443, protocol: 'tcp' }],
  ...parts,
})
