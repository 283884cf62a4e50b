import { timeOf } from '../ready/event-time.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import type { Pod, PodEvent } from '../kube/models.ts'
import { KindupError } from '../../core/errors.ts'
import { ingressRouteKinds, routeKinds } from './route-kinds.ts'

/** What was seen of a cluster, as it said it itself. */
export type Evidence = {
  readonly objects: readonly KubeObject[]
  /** What containers said last, by `namespace/pod/container`. */
  readonly logs: ReadonlyMap<string, string>
  /** What could not be asked, and why. */
  readonly unanswered: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Kinds that causes are looked for in. Of those with values that may be secret, the metadata alone. */
const kinds: readonly (readonly [apiVersion: string, kind: string, metadata?: 'metadata'])[] = [
  ['v1', 'Pod'],
  ['v1', 'Event'],
  ['v1', 'Node'],
  ['v1', 'Namespace'],
  ['v1', 'Service'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'PersistentVolume'],
  ['v1', 'ResourceQuota'],
  ['v1', 'LimitRange'],
  ['v1', 'ConfigMap', 'metadata'],
  ['v1', 'Secret', 'metadata'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'Job'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['storage.k8s.io/v1', 'StorageClass'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ['apiregistration.k8s.io/v1', 'APIService'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'metadata'],
]

/** Kinds that not every cluster has, by their groups, with the versions that they were and are served in, newest first. */
const whereDefined = [
  {
    group: 'gateway.networking.k8s.io',
    versions: ['v1', 'v1beta1', 'v1alpha3', 'v1alpha2'],
    kinds: ['Gateway', ...routeKinds],
  },
  { group: 'traefik.io', versions: ['v1alpha1'], kinds: [...ingressRouteKinds, 'Middleware', 'MiddlewareTCP'] },
].flatMap((one) => one.kinds.map((kind) => ({ ...one, kind, definition: `${kind.toLowerCase()}s.${one.group}` })))

/** Lines of one log that are read. */
const logLines = 200
/** Pods whose logs are read: a cluster in which everything fails says the same a hundred times. */
const mostPods = 40

/** Reads a whole cluster once. What cannot be asked is named and left out; nothing is thrown but the stop of `signal`. */
export const seeCluster = async (kube: Kube, signal: AbortSignal): Promise<Evidence> => {
  const unanswered: string[] = []
  const asked = async <T>(what: string, ask: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await ask()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof KindupError)) throw error
      unanswered.push(`${what}: ${error.message}`)
      return otherwise
    }
  }
  // One that is away is asked about once, and not 26 times.
  const answers = await asked('the API', async () => (await kube.version()) !== '', false)
  if (!answers) return { objects: [], logs: new Map(), unanswered, now: Date.now() }
  const lists = await Promise.all(
    kinds.map(([apiVersion, kind, part]) =>
      asked(kind, () => (part ? kube.listMetadata({ apiVersion, kind }) : kube.list({ apiVersion, kind })), []),
    ),
  )
  const base = lists.flat()
  const defined = new Set(ofKind({ objects: base }, 'CustomResourceDefinition').map(({ metadata }) => metadata.name))
  const more = await Promise.all(
    whereDefined
      .filter(({ definition }) => defined.has(definition))
      .map(({ group, versions, kind }) =>
        asked(kind, async () => {
          for (const version of versions) {
            const apiVersion = `${group}/${version}`
            if ((await kube.served(apiVersion)).some((one) => one.kind === kind)) return kube.list({ apiVersion, kind })
          }
          return []
        }, []),
      ),
  )
  const objects = [...base, ...more.flat()]
  const logs = new Map<string, string>()
  await Promise.all(
    spokenPods(objects)
      .slice(0, mostPods)
      .flatMap((pod) =>
        containersIn(pod).map(async (container) => {
          const { namespace = 'default', name } = pod.metadata
          const of = { namespace, name, container }
          const what = `the log of ${namespace}/${name}/${container}`
          const now = await asked(what, () => kube.logs(of, logLines), '')
          const before = await asked(what, () => kube.logs({ ...of, previous: true }, logLines), '')
          // A container that was started again has not said yet what is wrong.
          const text = [before, now].filter((one) => one.trim() !== '' && !isNoLog(one)).join('\n')
          if (text !== '') logs.set(`${namespace}/${name}/${container}`, text)
        }),
      ),
  )
  return { objects, logs, unanswered, now: Date.now() }
}

/** A kubelet that has already removed a log says so in place of it. */
const isNoLog = (text: string): boolean => /^unable to retrieve container logs for \S+$/.test(text.trim())

/** Those that are not ready, with those that restarted: each may be asked what it said. */
export const troubledPods = (objects: readonly KubeObject[]): readonly Pod[] =>
  (objects.filter(({ kind }) => kind === 'Pod') as readonly Pod[]).filter(({ status = {} }) => {
    if (status.phase === 'Succeeded') return false
    const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
    const isReady = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false
    return !isReady || statuses.some(({ restartCount, lastState }) => restartCount > 0 && lastState?.terminated)
  })

const containersIn = ({ status = {} }: Pod): readonly string[] =>
  [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
    .filter(({ state, lastState }) => (state?.terminated ?? state?.running ?? lastState?.terminated) !== undefined)
    .map(({ name }) => name)

/** The troubled pods that ever ran, one of each workload before its others: those say the same. */
const spokenPods = (objects: readonly KubeObject[]): readonly Pod[] => {
  const owners = new Set<string>()
  const [firsts, others]: [Pod[], Pod[]] = [[], []]
  for (const pod of troubledPods(objects)) {
    if (containersIn(pod).length === 0) continue
    const { ownerReferences = [], uid, name } = pod.metadata
    const owner = ownerReferences.find(({ controller }) => controller === true)?.uid ?? uid ?? name
    const isFirst = !owners.has(owner)
    owners.add(owner)
    ;(isFirst ? firsts : others).push(pod)
  }
  return [...firsts, ...others]
}

/** The objects of one kind. */
export const ofKind = (evidence: Pick<Evidence, 'objects'>, kind: string): readonly KubeObject[] =>
  evidence.objects.filter((object) => object.kind === kind)

/** The events of one object, oldest first. */
export const eventsOf = (evidence: Evidence, object: KubeObject): readonly PodEvent[] =>
  (ofKind(evidence, 'Event') as readonly PodEvent[])
    .filter(({ involvedObject }) =>
      involvedObject?.uid === undefined
        ? involvedObject?.kind === object.kind &&
          involvedObject.name === object.metadata.name &&
          (involvedObject.namespace ?? '') === (object.metadata.namespace ?? '')
        : involvedObject.uid === object.metadata.uid,
    )
    .toSorted((a, b) => timeOf(a) - timeOf(b))
