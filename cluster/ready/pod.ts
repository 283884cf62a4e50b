import type { Labels } from '../../core/config/config.ts'
import type { Toleration } from '../nodes/may-run.ts'
import type { KubeObject } from '../kube/kube.ts'
import type { Requirement, Selector } from './selector.ts'
import { selects } from './selector.ts'

export type Condition = {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastHeartbeatTime?: string
}

type Ended = {
  readonly exitCode: number
  readonly reason?: string
  readonly message?: string
  readonly finishedAt?: string
}

export type ContainerStatus = {
  readonly name: string
  readonly image?: string
  readonly ready?: boolean
  readonly restartCount?: number
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string }
    readonly running?: { readonly startedAt?: string }
    readonly terminated?: Ended
  }
  readonly lastState?: { readonly terminated?: Ended }
}

type Container = {
  readonly name: string
  readonly image?: string
  readonly ports?: readonly { readonly containerPort?: number }[]
  readonly readinessProbe?: unknown
  readonly startupProbe?: unknown
  readonly resources?: {
    readonly requests?: Readonly<Record<string, unknown>>
    readonly limits?: Readonly<Record<string, unknown>>
  }
}

export type Pod = KubeObject & {
  readonly spec?: {
    readonly nodeName?: string
    readonly restartPolicy?: string
    readonly containers?: readonly Container[]
    readonly initContainers?: readonly Container[]
    readonly nodeSelector?: Labels
    readonly tolerations?: readonly Toleration[]
    readonly affinity?: {
      readonly nodeAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution?: {
          readonly nodeSelectorTerms?: readonly {
            readonly matchExpressions?: readonly Requirement[]
            readonly matchFields?: readonly Requirement[]
          }[]
        }
      }
    }
  }
  readonly status?: {
    readonly phase?: string
    readonly reason?: string
    readonly message?: string
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
  }
}

export const conditionOf = (object: { readonly [key: string]: unknown }, type: string): Condition | undefined =>
  (object['status'] as Pod['status'])?.conditions?.find((condition) => condition.type === type)

/** The pods that a workload runs now: those of its newest revision that are not on their way out. */
export const podsOf = (
  workload: KubeObject,
  pods: readonly Pod[],
  replicaSets: readonly KubeObject[],
): readonly Pod[] => {
  const { selector } = (workload['spec'] ?? {}) as { readonly selector?: Selector }
  const { namespace, annotations = {} } = workload.metadata
  const { updateRevision } = (workload['status'] ?? {}) as { readonly updateRevision?: string }
  const generation = annotations['deprecated.daemonset.template.generation']
  const revision = annotations['deployment.kubernetes.io/revision']
  const newest = replicaSets.find(
    ({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid) &&
      metadata.annotations?.['deployment.kubernetes.io/revision'] === revision,
  )
  const isNew = ({ metadata: { labels = {}, ownerReferences = [] } }: Pod): boolean => {
    if (workload.kind === 'Deployment') return !newest || ownerReferences.some(({ uid }) => uid === newest.metadata.uid)
    if (workload.kind === 'StatefulSet') return !updateRevision || labels['controller-revision-hash'] === updateRevision
    if (workload.kind === 'DaemonSet')
      return !generation || [undefined, generation].includes(labels['pod-template-generation'])
    return true
  }
  return pods.filter(
    (pod) =>
      pod.metadata.namespace === namespace &&
      pod.metadata.deletionTimestamp === undefined &&
      selects(selector, pod.metadata.labels ?? {}) &&
      isNew(pod),
  )
}

export type PodEvent = KubeObject & {
  readonly reason?: string
  readonly message?: string
  readonly lastTimestamp?: string | null
  readonly eventTime?: string | null
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string }
}
