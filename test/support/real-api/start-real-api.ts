import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Behaviour } from '../api-server/controllers/world.ts'
import { condition } from '../api-server/controllers/world.ts'
import { kubeconfigText } from '../api-server/kubeconfig.ts'
import { logOf } from '../api-server/logs.ts'
import type { NodeSeed } from '../api-server/seed.ts'
import { selfSigned } from '../api-server/self-signed.ts'
import type { ApiServer, ApiServerOptions } from '../api-server/start-api-server.ts'
import type { Request, State } from '../api-server/state.ts'
import { makeAsk } from './ask.ts'
import type { Access } from './control-plane.ts'
import { runKubelets } from './kubelets.ts'
import { makeMemory } from './memory.ts'
import type { Memory } from './memory.ts'
import { startProxy } from './proxy.ts'
import { resetTo } from './reset.ts'
import type { Baseline } from './reset.ts'

type Shared = Access & { readonly baseline: Baseline }

/** The real control plane that `npm run test:api` has started; undefined in all other runs. */
export const realApi = (): Shared | undefined => {
  const file = process.env['KINDUP_TEST_API']
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Shared)
}

/** Those that are open: the first finds the cluster as it was before any test. */
const open = new Set<ApiServer>()

/** A real API behind what the stand-in has too: requests are noted, answered with refusals and cut as a test wants it. */
export const startRealApi = async (shared: Shared, options: ApiServerOptions): Promise<ApiServer> => {
  const { context = 'kind-test', tls = true, token } = options
  if (open.size === 0) await resetTo(shared.etcd, shared.baseline)
  const { ask, end } = makeAsk(shared)
  const memory = makeMemory(shared, ask)
  for (const node of options.nodes ?? [{ name: `${context.replace(/^kind-/, '')}-control-plane` }])
    addNode(memory, node)
  const behaviours = new Map<string, Behaviour>(Object.entries(options.behaviours ?? {}))
  const kubelets = runKubelets(shared, memory, (name) => behaviours.get(name) ?? 'ready')
  const requests: Request[] = []
  let interceptor: Parameters<State['intercept']>[0]
  const certificates = tls ? selfSigned() : undefined
  const proxy = await startProxy(
    shared,
    (request) => {
      requests.push(request)
      return interceptor?.(request) ?? logAsked(memory, request, options.logs)
    },
    certificates,
    options.port,
  )
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${proxy.port}`
  const login = certificates && { ca: certificates.ca, ...(token === undefined && certificates.client) }
  let stopped: Promise<unknown> | undefined
  const stop = async (): Promise<void> => {
    open.delete(server)
    kubelets.stop()
    stopped ??= Promise.all([proxy.stop(), end()])
    await stopped
  }
  const server: ApiServer = {
    url,
    version: String((memory.call('GET', '/version') as { gitVersion?: unknown } | undefined)?.gitVersion),
    kubeconfig: kubeconfigText({ url, context, ...login, ...(token !== undefined && { token }) }),
    state: {
      ...memory,
      put: (object) => {
        const made = memory.put(object)
        // A node may take pods that none took before.
        kubelets.wake()
        return made
      },
      requests,
      behave: (name, behaviour) => {
        behaviours.set(name, behaviour)
        kubelets.wake()
      },
      intercept: (intercept) => {
        interceptor = intercept
      },
      cutConnections: proxy.cut,
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
  open.add(server)
  return server
}

/** There is no kubelet that could be asked: what a container says is told here, once the API knows its pod. */
const logAsked = (
  memory: Memory,
  { path, query }: Request,
  logs: ApiServerOptions['logs'],
): { text: string } | undefined => {
  const [, pod, name] = /^(\/api\/v1\/namespaces\/[^/]+\/pods\/([^/]+))\/log$/.exec(path) ?? []
  if (pod === undefined || !memory.call('GET', pod)) return undefined
  return { text: logOf(logs, name, new URLSearchParams(query)) }
}

const addNode = (memory: Memory, { name, labels, taints, ready = true }: NodeSeed): void =>
  void memory.put({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels } },
    spec: { ...(taints && { taints }) },
    status: {
      conditions: [condition('Ready', ready)],
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      nodeInfo: { kubeletVersion: 'v1.36.2' },
    },
  })
