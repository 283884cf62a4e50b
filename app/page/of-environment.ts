import { relative } from 'node:path'
import type { Node } from '../../cluster/kube/models.ts'
import { showHostPort } from '../../cluster/ports/show.ts'
import { notReady } from '../../cluster/ready/node-readiness.ts'
import { KindupError } from '../../core/errors.ts'
import type { Credential } from '../../core/step.ts'
import type { Deployable, Source } from '../../manifests/deployable.ts'
import type { Environment } from '../environment.ts'
import type { CredentialLine, NodeLine, Page, WorkloadLine } from './page.ts'

/** Longer than that nobody waits for what a page tells beside the rest. In milliseconds. */
const patienceMs = 5_000

/** What the file says of nodes and workloads, and what the API tells of the nodes, where it answers. */
export const environmentParts = async (
  environment: Environment,
  stop: AbortSignal,
): Promise<Pick<Page, 'nodes' | 'workloads'>> => ({
  nodes: nodeLines(environment, await liveNodes(environment, stop)),
  workloads: environment.deployables
    .filter(({ id }) => environment.steps.some((step) => step.id === id))
    .map((deployable) => workloadLine(deployable, environment)),
})

const liveNodes = async ({ cluster }: Environment, stop: AbortSignal): Promise<readonly Node[]> => {
  if (stop.aborted) return []
  const signal = AbortSignal.any([stop, AbortSignal.timeout(patienceMs)])
  const asking = cluster
    .kube({ signal, timeoutMs: patienceMs, report: () => undefined, warn: () => undefined })
    .then((kube) => kube.list({ apiVersion: 'v1', kind: 'Node' }))
  const late = new Promise<readonly Node[]>((done) => signal.addEventListener('abort', () => done([]), { once: true }))
  try {
    return await Promise.race([asking, late])
  } catch (error) {
    if (error instanceof KindupError || signal.aborted) return []
    throw error
  }
}

const nodeLines = ({ cluster }: Environment, live: readonly Node[]): readonly NodeLine[] =>
  cluster.nodes.map(({ name, container, role, labels, ports }) => {
    const own = name ?? container
    const node = live.find(({ metadata }) => metadata.name === own)
    const why = node && notReady(node)
    const version = node?.status?.nodeInfo?.kubeletVersion
    return {
      name: own,
      role,
      labels: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
      ports: ports.map(
        (port) => `${showHostPort({ ...port, hostPort: port.bound ?? port.hostPort })} → ${port.nodePort}`,
      ),
      ...(version !== undefined && { version }),
      ...(node && { ready: { ok: why === undefined, why: why ?? '' } }),
    }
  })

const workloadLine = (deployable: Deployable, { sources, config }: Environment): WorkloadLine => ({
  id: deployable.id,
  kind: deployable.of.kind,
  namespace: deployable.namespace,
  source: sourceText(deployable.source, config.folder),
  images: [...new Set(sources.get(deployable.id)?.images)].toSorted(),
})

/** `argo-cd 10.1.1`, `kustomize k8s/overlays/dev`, `k8s/web.yaml`. Paths as somebody sees them who stands at the file. */
const sourceText = (source: Source, folder: string): string => {
  const near = (path: string): string => {
    const short = relative(folder, path)
    return path.startsWith('/') && !short.startsWith('..') && short !== '' ? short : path
  }
  switch (source.kind) {
    case 'helm':
      return [near(source.chart.chart), source.chart.version].filter((text) => text !== undefined).join(' ')
    case 'kustomize':
    case 'flux':
      return `${source.kind} ${near(source.folder)}`
    case 'manifests':
      return source.paths.map(near).join(', ')
  }
}

/** A way to log in; `shown`: with its password, `key`: what somebody asks for it by. */
export const credentialLine = (
  { name, url, username, password }: Credential,
  more: Pick<CredentialLine, 'key'> & { readonly shown?: boolean },
): CredentialLine => ({
  name,
  ...(url !== undefined && { url }),
  ...(username !== undefined && { username }),
  hasPassword: password !== undefined,
  ...(more.key !== undefined && { key: more.key }),
  ...(more.shown === true && password !== undefined && { password }),
})
