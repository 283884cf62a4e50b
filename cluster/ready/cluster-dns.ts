import { EnvironmentError } from '../../core/errors.ts'
import { numberAt, textsAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { waitFor } from '../../core/wait.ts'
import type { Verdict } from '../../core/wait.ts'
import type { Kube, KubeObject, Query } from '../kube/kube.ts'
import type { EndpointSlice, Pod } from '../kube/models.ts'
import { merged } from './merged.ts'
import { dnsTrouble } from './node-readiness.ts'
import { waitUntilReady } from './wait-until-ready.ts'

const namespace = 'kube-system'
/** What kubeadm calls the Service of CoreDNS, for the pods' resolv.conf. */
const service = { apiVersion: 'v1', kind: 'Service', namespace, name: 'kube-dns' } as const
const workloads: readonly Query[] = ['Deployment', 'DaemonSet'].map((kind) => ({
  apiVersion: 'apps/v1',
  kind,
  namespace,
}))
const tickMs = 1_000

/** What tells whether pods can resolve names. None at all: the cluster has no such Service, and its names are others' business. */
const dnsSlices: Query = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  namespace,
  labelSelector: `kubernetes.io/service-name=${service.name}`,
}

/** Whether somebody answers for names. Unset readiness means that nobody knows better. */
const resolvesNames = (objects: readonly KubeObject[]): boolean =>
  (objects.filter(({ kind }) => kind === dnsSlices.kind) as readonly EndpointSlice[]).some(({ endpoints }) =>
    endpoints?.some(({ conditions }) => conditions?.ready !== false),
  )

type DnsOptions = {
  /** For the hints: where kubectl has to look. */
  readonly context: string
  readonly engine?: string
}

/**
 * Returns once pods can resolve names: the Service kube-dns has a ready endpoint, or there is no such Service. One request
 * where it is so already. Throws `wait-failed` with why it never will be, `timed-out` with the last reason.
 */
export const awaitDns = async (kube: Kube, ctx: Context, { context, engine }: DnsOptions): Promise<void> => {
  if (resolvesNames(await kube.list(dnsSlices))) return
  const found = await kube.get(service)
  const selector = textsAt(found, 'spec', 'selector')
  // Without a selector somebody else says who answers.
  if (!found || Object.keys(selector).length === 0) return
  ctx.report('waiting for the DNS of the cluster')
  const labels = Object.entries(selector).map((pair) => pair.join('='))
  const look = `kubectl --context ${context} --namespace ${namespace} get pods --selector ${labels.join(',')}`
  const servers = await waitFor('The DNS of the cluster', (signal) => serversOf(kube, selector, look, signal), ctx)
  for (const server of servers)
    if (isScaledToNone(server))
      throw new EnvironmentError(
        'wait-failed',
        `The DNS of the cluster: ${scaledToNone(server)}, and no pod can resolve a name.`,
        {
          hints: [
            `kubectl --context ${context} --namespace ${namespace} scale deployment ${server.metadata.name} --replicas 2`,
          ],
        },
      )
  if (servers.length === 0) return
  await waitUntilReady(kube, { objects: servers, namespace }, ctx, {
    what: 'The DNS of the cluster',
    nodesReady: () => true,
    enough: {
      query: dnsSlices,
      is: resolvesNames,
      waiting: `Service ${service.name} of ${namespace} has no ready endpoint`,
      hints: [look],
    },
    ...(engine !== undefined && { engine }),
  })
}

/** Why pods resolve no names now, by what `up` waits for; undefined where they do, and where names are others' business. `pods`: those of kube-system. */
export const dnsTroubleNow = async (kube: Kube, pods: readonly Pod[]): Promise<string | undefined> => {
  if (resolvesNames(await kube.list(dnsSlices))) return undefined
  const selector = textsAt(await kube.get(service), 'spec', 'selector')
  if (Object.keys(selector).length === 0) return undefined
  const told = dnsTrouble(pods)
  if (told !== undefined) return told
  const servers = (await Promise.all(workloads.map((query) => kube.list(query)))).flat()
  const none = servers.find((server) => isBehind(server, selector) && isScaledToNone(server))
  return `the DNS of the cluster does not answer: ${none ? scaledToNone(none) : `Service ${service.name} of ${namespace} has no ready endpoint`}`
}

const isBehind = (object: KubeObject, selector: Readonly<Record<string, string>>): boolean => {
  const labels = textsAt(object, 'spec', 'template', 'metadata', 'labels')
  return Object.entries(selector).every(([key, value]) => labels[key] === value)
}

const isScaledToNone = (server: KubeObject): boolean =>
  server.kind === 'Deployment' && numberAt(server, 'spec', 'replicas') === 0

const scaledToNone = ({ metadata }: KubeObject): string => `Deployment ${metadata.name} of ${namespace} is scaled to 0`

/** The workloads behind the Service; none once it answers. */
async function* serversOf(
  kube: Kube,
  selector: Readonly<Record<string, string>>,
  look: string,
  signal: AbortSignal,
): AsyncGenerator<Verdict<readonly KubeObject[]>> {
  const sources = [dnsSlices, ...workloads].map((query) => (until: AbortSignal) => kube.watch(query, until))
  for await (const objects of merged(sources, tickMs, signal)) {
    if (resolvesNames(objects)) yield { done: [] }
    const servers = objects.filter((object) => isBehind(object, selector))
    if (servers.length > 0) yield { done: servers }
    yield { waiting: `no Deployment or DaemonSet of ${namespace} is behind Service ${service.name}`, hints: [look] }
  }
}
