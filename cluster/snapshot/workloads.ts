import { valueAt } from '../../core/fields.ts'
import type { Kube, KubeObject, Query } from '../kube/kube.ts'
import type { Pod } from '../kube/models.ts'
import type { Readiness } from '../ready/readiness.ts'
import { daemonSetReadiness, deploymentReadiness, statefulSetReadiness } from '../ready/workload-readiness.ts'

type Listed = Readonly<Record<'Pod' | 'ReplicaSet' | 'Deployment' | 'StatefulSet' | 'DaemonSet', readonly KubeObject[]>>

/** One that does not serve: `Deployment/dev/web`, and how it stands. */
export type Unready = { readonly id: string; readonly line: string }

/** Every workload of the cluster that is not ready. `ended`: ids of containers whose places others are to take first. */
export const unreadyWorkloads = async (kube: Kube, ended: ReadonlySet<string>): Promise<readonly Unready[]> => {
  const list = async (query: Query): Promise<readonly KubeObject[]> => kube.list(query)
  const [pods, replicaSets, deployments, statefulSets, daemonSets] = await Promise.all([
    list({ apiVersion: 'v1', kind: 'Pod' }),
    list({ apiVersion: 'apps/v1', kind: 'ReplicaSet' }),
    list({ apiVersion: 'apps/v1', kind: 'Deployment' }),
    list({ apiVersion: 'apps/v1', kind: 'StatefulSet' }),
    list({ apiVersion: 'apps/v1', kind: 'DaemonSet' }),
  ])
  return unreadyAmong(
    { Pod: pods, ReplicaSet: replicaSets, Deployment: deployments, StatefulSet: statefulSets, DaemonSet: daemonSets },
    ended,
  )
}

/**
 * Counts of controllers may be those of before for a moment, and so may a pod's status: the pods themselves are counted, and none of
 * them may still name a container that is gone.
 */
export const unreadyAmong = (listed: Listed, ended: ReadonlySet<string>): readonly Unready[] => {
  const ofReplicaSet = new Map(listed.ReplicaSet.map((set) => [set.metadata.uid, owner(set)]))
  const readyPods = new Map<string, number>()
  const bare: Unready[] = []
  for (const pod of listed.Pod as readonly Pod[]) {
    const direct = owner(pod)
    const isReady = isServing(pod, ended)
    const uid = direct === undefined ? undefined : (ofReplicaSet.get(direct) ?? direct)
    if (isReady && uid !== undefined) readyPods.set(uid, (readyPods.get(uid) ?? 0) + 1)
    const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (!isReady && direct === undefined && !isOver) bare.push({ id: idOf('Pod', pod), line: 'not ready' })
  }
  const readiness = (kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', of: (object: KubeObject) => Readiness) =>
    listed[kind].flatMap((object): readonly Unready[] => {
      const found = of(object)
      const wanted = wantedOf(kind, object)
      const count = readyPods.get(object.metadata.uid ?? '') ?? 0
      if (found.is === 'ready' && count >= wanted) return []
      return [{ id: idOf(kind, object), line: found.is === 'waiting' ? found.line : `${count}/${wanted} ready` }]
    })
  return [
    ...readiness('Deployment', (object) => deploymentReadiness(object, [])),
    ...readiness('StatefulSet', (object) => statefulSetReadiness(object, [])),
    ...readiness('DaemonSet', (object) => daemonSetReadiness(object, [], true)),
    ...bare,
  ]
}

const owner = (object: KubeObject): string | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid

const isServing = ({ metadata, status }: Pod, ended: ReadonlySet<string>): boolean =>
  metadata['deletionTimestamp'] === undefined &&
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true &&
  !(status.containerStatuses ?? []).some(({ containerID = '' }) => ended.has(containerID.replace(/^.*:\/\//, '')))

const wantedOf = (kind: string, object: KubeObject): number => {
  const count =
    kind === 'DaemonSet' ? valueAt(object, 'status', 'desiredNumberScheduled') : valueAt(object, 'spec', 'replicas')
  return typeof count === 'number' ? count : kind === 'DaemonSet' ? 0 : 1
}

const idOf = (kind: string, { metadata: { namespace = '', name } }: KubeObject): string =>
  `${kind}/${namespace}/${name}`
