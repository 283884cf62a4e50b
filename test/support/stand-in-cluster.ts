import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import type { Access } from '../../cluster/kind/access.ts'
import type { Container } from '../../cluster/engine/engine.ts'
import { namedNodes } from '../../cluster/nodes/may-run.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { clusterPaths } from '../../cluster/paths.ts'
import type { Inventory, InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { Parts } from '../../cluster/parts.ts'
import type { ClusterConfig } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { makeRun } from '../../core/run.ts'
import type { Context } from '../../core/step.ts'
import { madeConfig, madeNode } from './made-config.ts'
import { nodeContainer, standInEngine } from './stand-in-engine.ts'
import { ownFolder } from './own-folder.ts'

export type StandIn = {
  readonly parts: Parts
  readonly ctx: Context
  readonly folder: string
  /** What was done, in order: `marker`, `create`, `start`. */
  readonly done: string[]
  readonly warnings: string[]
  readonly world: ReturnType<typeof standInEngine>['world']
  readonly nodes: Map<string, KubeObject>
  /** Leases of nodes, and what is in kube-system. */
  readonly others: KubeObject[]
  readonly entries: Map<string, InventoryEntry>
  readonly state: {
    /** Whether the API answers. */
    answers: boolean
    /** Whether the control plane carries the mark of a cluster that was finished. */
    whole: boolean
    /** Whether the kubelets of workers were ever let in. */
    joined: boolean
    /** Whether kind got as far as the StorageClass. */
    stores: boolean
  }
}

const names = ['demo-control-plane', 'demo-worker']
const ready = { conditions: [{ type: 'Ready', status: 'True' }] }

export const kubeNode = (name: string, parts: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: {}, annotations: {} },
  spec: {},
  status: ready,
  ...parts,
})

/** A cluster `demo` of two nodes of which engine, API, record and kind are stood in for; the files are real. */
export const standInCluster = async (
  options: {
    readonly cluster?: Partial<ClusterConfig>
    readonly containers?: readonly Container[]
    readonly recreate?: boolean
    readonly engineError?: Error
  } = {},
): Promise<StandIn> => {
  const folder = await ownFolder()
  const env = { KINDUP_CACHE: join(folder, 'cache'), KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }
  const base = madeConfig({ folder, nodes: [madeNode('control-plane'), madeNode('worker')] })
  const config = { ...base, cluster: { ...base.cluster, ...options.cluster } }
  const done: string[] = []
  const made = names.map((name) => nodeContainer('demo', name.endsWith('plane') ? 'control-plane' : 'worker'))
  const { engine, world } = standInEngine({
    containers: options.containers ?? [],
    exec: (_container, [program = '', , path]) => {
      if (program === 'touch') self.state.whole = true
      else if (program !== 'test') return Promise.reject(new Error(`nobody told what ${program} ${path ?? ''} does`))
      const is = path === '/etc/kubernetes/kubelet.conf' ? self.state.joined : self.state.whole
      return Promise.resolve({ stdout: '', stderr: '', code: is ? 0 : 1 })
    },
  })
  const createVolume = engine.createVolume
  const watched = {
    ...engine,
    createVolume: (...args: Parameters<typeof createVolume>) => (done.push('marker'), createVolume(...args)),
  }
  const paths = clusterPaths('demo', env)
  const nodes = new Map<string, KubeObject>()
  const entries = new Map<string, InventoryEntry>()
  const kubeconfig = stringify({
    clusters: [{ name: 'kind-demo', cluster: { server: 'https://127.0.0.1:34567' } }],
    users: [{ name: 'kind-demo', user: { token: 'x' } }],
    contexts: [{ name: 'kind-demo', context: { cluster: 'kind-demo', user: 'kind-demo' } }],
  })
  const create = async (): Promise<void> => {
    done.push('create')
    for (const container of made) world.containers.set(container.name, container)
    for (const name of names) nodes.set(name, kubeNode(name))
    entries.clear()
    self.state.answers = true
    created = true
    await mkdir(dirname(paths.kubeconfig), { recursive: true })
    await writeFile(paths.kubeconfig, kubeconfig)
  }
  let created = false
  const self: StandIn = {
    folder,
    done,
    world,
    nodes,
    others: [],
    entries,
    warnings: [],
    state: { answers: true, whole: false, joined: true, stores: true },
    ctx: {
      signal: new AbortController().signal,
      timeoutMs: 120_000,
      report: () => undefined,
      warn: (text) => void self.warnings.push(text),
    },
    parts: {
      config,
      run: makeRun(),
      version: '0.1.0',
      env,
      context: 'kind-demo',
      nodes: namedNodes('demo', config.cluster.nodes),
      paths,
      recreate: options.recreate ?? false,
      engine: () => (options.engineError ? Promise.reject(options.engineError) : Promise.resolve(watched)),
      access: standInAccess(() => self, paths.kubeconfig),
      lifecycle: {
        create,
        start: async () => {
          done.push('start')
          await engine.startContainers(names)
        },
        answers: () =>
          self.state.answers
            ? Promise.resolve()
            : Promise.reject(new EnvironmentError('timed-out', 'it did not answer')),
        ended: () => Promise.resolve(),
        created: () => created,
        onNodes: () => undefined,
      },
    },
  }
  return self
}

const standInAccess = (self: () => StandIn, file: string): Access => ({
  kubeconfig: () => Promise.resolve(file),
  kube: () => Promise.resolve(standInKube(self())),
  bareKube: () => Promise.resolve(standInKube(self())),
  lastKube: () => Promise.resolve(standInKube(self())),
  guard: () => undefined,
  record: () => Promise.resolve(standInRecord(self().entries)),
  renew: () => Promise.resolve(self().state.answers),
  reread: () => undefined,
  forget: () => undefined,
})

const standInKube = (self: StandIn): Kube => {
  const told: Partial<Kube> = {
    get: async ({ kind, name }) => {
      if (!self.state.answers) throw new EnvironmentError('api-unreachable', 'The API cannot be reached.')
      if (kind === 'Service') return self.others.find((one) => one.kind === kind && one.metadata.name === name)
      return kind === 'Node' ? self.nodes.get(name) : kubeNode(name)
    },
    list: async ({ kind }) =>
      kind === 'StorageClass'
        ? self.state.stores
          ? [kubeNode('standard', { kind })]
          : []
        : kind === 'Node'
          ? [...self.nodes.values()]
          : self.others.filter((object) => object.kind === kind),
    mergePatch: async ({ name }, patch) => {
      self.done.push(`patch ${name}`)
      const node = self.nodes.get(name)!
      const { metadata, spec } = patch as {
        metadata: Pick<KubeObject['metadata'], 'labels' | 'annotations'>
        spec?: object
      }
      const labels = Object.entries({ ...node.metadata.labels, ...metadata.labels }).filter(
        ([, value]) => value !== null,
      )
      const now = {
        ...node,
        metadata: { ...node.metadata, labels: Object.fromEntries(labels), annotations: { ...metadata.annotations } },
        ...(spec ? { spec } : {}),
      }
      self.nodes.set(name, now)
      return now
    },
    async *watch({ kind }) {
      yield kind === 'Node' ? [...self.nodes.values()] : self.others.filter((object) => object.kind === kind)
    },
  }
  return new Proxy(told as Kube, {
    get: (target, key) =>
      key in target || key === 'then'
        ? target[key as keyof Kube]
        : () => Promise.reject(new Error(`nobody told what ${String(key)} does`)),
  })
}

const standInRecord = (entries: Map<string, InventoryEntry>): Inventory => ({
  entries: () => Promise.resolve(entries),
  begin: async ({ id, of, title, kind, needs, undo }) => void entries.set(id, { id, of, title, kind, needs, undo }),
  finish: async (id, fingerprint) => void entries.set(id, { ...entries.get(id)!, fingerprint }),
  markSynced: async () => undefined,
  forget: async (id) => void entries.delete(id),
})

export const userKubeconfig = (folder: string): Promise<string> => readFile(join(folder, 'kubeconfig'), 'utf8')
