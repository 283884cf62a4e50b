import { ApiRefusal } from '../kube/api-refusal.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import type { EndpointSlice, Pod } from '../kube/models.ts'
import { waiting } from './readiness.ts'
import type { Assessed } from './release.ts'
import { selectorAt, selects } from './selector.ts'

/**
 * How long a pod is waited for once it was told to end, in milliseconds. kube-proxy writes its rules once a second. ingress-nginx reads what
 * changed every 3.3 s, so that an Ingress may lead to it for a moment longer. That pace stays: its workers compare times in whole seconds,
 * and the second of two changes within one is lost until something else changes.
 */
const routedMs = 3_000
/** Clocks of nodes and of this machine are never further apart. */
const longAgoMs = 30_000

const replacing = ['Deployment', 'StatefulSet', 'DaemonSet']

/**
 * Takes for not ready yet what is ready and has pods of before that still answer: a Deployment no longer counts a pod that ends, and requests
 * reach it until its container has ended, or whoever routes them knows. What no Service leads to may end in peace.
 */
export const makeStillAnswering = (kube: Kube, now = (): number => Date.now()) => {
  const firstSeen = new Map<string, number>()
  const isRouted = (pod: Pod): boolean => {
    const { uid = '', deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata
    // One that nobody has told to end yet is about to be told.
    if (deletionTimestamp === undefined) return true
    const toldAt = new Date(deletionTimestamp).getTime() - deletionGracePeriodSeconds * 1_000
    if (!firstSeen.has(uid)) firstSeen.set(uid, now() - toldAt > longAgoMs ? 0 : now())
    return now() - (firstSeen.get(uid) ?? 0) < routedMs
  }
  return async (assessed: readonly Assessed[], objects: readonly KubeObject[]): Promise<readonly Assessed[]> => {
    const leaving = assessed.map(({ target, readiness, pods }): readonly Pod[] =>
      readiness.is === 'ready' && replacing.includes(target.kind)
        ? pastPods(target, pods, objects).filter(isRouted)
        : [],
    )
    const namespaces = [...new Set(leaving.flat().map(({ metadata }) => metadata.namespace ?? ''))]
    if (namespaces.length === 0) return assessed
    const named = new Set((await Promise.all(namespaces.map((namespace) => servedIn(kube, namespace)))).flat())
    return assessed.map((one, index) => {
      const still = (leaving[index] ?? []).filter(({ metadata }) => named.has(metadata.uid)).length
      return still === 0
        ? one
        : { ...one, readiness: waiting(`ready, ${still} old still ${still > 1 ? 'answer' : 'answers'}`) }
    })
  }
}

/** Pods of a workload that are not those it runs now, as far as a container of theirs still runs. */
const pastPods = (
  { kind, name, namespace }: Assessed['target'],
  own: readonly Pod[],
  objects: readonly KubeObject[],
): readonly Pod[] => {
  const isHere = ({ metadata }: KubeObject): boolean => (metadata.namespace ?? '') === namespace
  const workload = objects.find((one) => one.kind === kind && one.metadata.name === name && isHere(one))
  if (!workload) return []
  const selector = selectorAt(workload, 'spec', 'selector')
  const sets = new Set(
    objects.flatMap((one) =>
      one.kind === 'ReplicaSet' && isOwnedBy(one, new Set([workload.metadata.uid])) ? [one.metadata.uid] : [],
    ),
  )
  return objects.filter(
    (pod): pod is Pod =>
      pod.kind === 'Pod' &&
      isHere(pod) &&
      !own.includes(pod) &&
      selects(selector, pod.metadata.labels ?? {}) &&
      (pod.metadata.deletionTimestamp !== undefined || isOwnedBy(pod, sets)) &&
      hasRunning(pod),
  )
}

const isOwnedBy = ({ metadata }: KubeObject, uids: ReadonlySet<string | undefined>): boolean =>
  metadata.ownerReferences?.some(({ uid }) => uids.has(uid)) ?? false

const hasRunning = ({ status }: Pod): boolean =>
  status?.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false

/** Uids of the pods that Services of a namespace lead to, those that end included. None where nobody may ask. */
const servedIn = async (kube: Kube, namespace: string): Promise<readonly (string | undefined)[]> => {
  try {
    const slices = (await kube.list({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace,
    })) as readonly EndpointSlice[]
    return slices.flatMap(({ endpoints }) => endpoints?.map(({ targetRef }) => targetRef?.uid) ?? [])
  } catch (error) {
    if (error instanceof ApiRefusal) return []
    throw error
  }
}
