import type { KubeObject } from '../kube/kube.ts'
import { createTrouble } from './create-trouble.ts'
import type { FirstSeen } from './first-seen.ts'
import type { NodeStarts } from './node-starts.ts'
import type { PodEvent } from '../kube/models.ts'
import { podTrouble } from './pod-trouble.ts'
import { podsOf } from './pod.ts'
import type { ContainerStatus, Pod } from '../kube/models.ts'
import type { Readiness, TroubledPod } from './readiness.ts'
import { ready, waiting } from './readiness.ts'
import type { Target } from './targets.ts'
import {
  apiServiceReadiness,
  crdReadiness,
  daemonSetReadiness,
  deploymentReadiness,
  jobReadiness,
  podReadiness,
  statefulSetReadiness,
} from './workload-readiness.ts'

/** What is in the cluster now, as far as it concerns a release. */
export type Live = {
  readonly objects: readonly KubeObject[]
  readonly events: readonly PodEvent[]
  readonly nodesReady: boolean
  /** Milliseconds. */
  readonly now: number
  /** How long a container without a probe must have run, in milliseconds. */
  readonly proveMs: number
  /** When the wait began, in milliseconds; what the API refused before may be allowed by now. */
  readonly since?: number
  /** Since when nodes run: what was said of their pods before is no news. */
  readonly starts?: NodeStarts
  /** The program of the container engine, for hints. */
  readonly engine?: string
  /** For who looks again and again. */
  readonly firstSeen?: FirstSeen
}

export type Assessed = {
  readonly target: Target
  readonly readiness: Readiness
  /** Its pods, ready or not. */
  readonly pods: readonly Pod[]
}

/** How each target stands. */
export const assessRelease = (targets: readonly Target[], live: Live): readonly Assessed[] => {
  const pods = live.objects.filter(({ kind }) => kind === 'Pod') as readonly Pod[]
  const replicaSets = live.objects.filter(({ kind }) => kind === 'ReplicaSet')
  return targets.map((target) => {
    const object = live.objects.find(
      ({ kind, metadata }) =>
        kind === target.kind && metadata.name === target.name && (metadata.namespace ?? '') === target.namespace,
    )
    if (!object) return { target, readiness: target.leaves ? ready : { is: 'absent' }, pods: [] }
    const own = target.kind === 'Pod' ? [object as Pod] : podsOf(object, pods, replicaSets)
    const readiness = readinessOf(object, own, live)
    const sets = replicaSets.filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid),
    )
    const leaving = pods.some(
      ({ metadata }) => metadata.namespace === target.namespace && metadata.deletionTimestamp !== undefined,
    )
    const trouble =
      readiness.is === 'waiting' &&
      createTrouble([object, ...sets], live.events, { since: live.since ?? Infinity, leaving })
    return { target, readiness: trouble ? { ...readiness, trouble } : readiness, pods: own }
  })
}

const readinessOf = (object: KubeObject, pods: readonly Pod[], live: Live): Readiness => {
  if (object.metadata.deletionTimestamp !== undefined) return waiting('on its way out')
  const troubled = (each: readonly Pod[]): TroubledPod[] =>
    each.flatMap((pod) => {
      const trouble = podTrouble(pod, live.events, live)
      return trouble ? [{ pod, trouble }] : []
    })
  // Pods that failed for good (evicted ones) stay for a while beside those that replace them.
  const current = troubled(pods.filter((pod) => pod.status?.phase !== 'Failed'))
  switch (object.kind) {
    case 'Deployment':
      return deploymentReadiness(object, current)
    case 'StatefulSet':
      return statefulSetReadiness(object, current)
    case 'DaemonSet':
      return daemonSetReadiness(object, current, live.nodesReady)
    case 'Job':
      return jobReadiness(object, troubled(pods))
    case 'CustomResourceDefinition':
      return crdReadiness(object)
    case 'APIService':
      return apiServiceReadiness(object)
    default:
      return podReadiness(troubled(pods))
  }
}

/** Changes whenever something of the release gets on. What a crashing pod does by itself is not getting on. */
export const progressOf = (assessed: readonly Assessed[]): string =>
  JSON.stringify(
    assessed.map(({ target, readiness, pods }) => [
      target.name,
      readiness.is,
      readiness.is === 'waiting' && !pods.some(isCrashing) && readiness.line,
      pods
        .filter((pod) => !isCrashing(pod))
        .map((pod) => [
          pod.metadata.uid,
          pod.status?.phase,
          containersOf(pod).map(({ ready: up, state }) => [up, Object.keys(state ?? {})[0]]),
        ]),
    ]),
  )

/** Between two crashes a program runs for a while, and may even count as ready: that is no way forward. */
const isCrashing = (pod: Pod): boolean =>
  containersOf(pod).some(({ restartCount, state }) => restartCount > 1 || state?.waiting?.reason === 'CrashLoopBackOff')

const containersOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
]
