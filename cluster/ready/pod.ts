import { mapsAt, textAt, type Fields } from '../../core/fields.ts'
import type { Condition, KubeObject, Pod } from '../kube/models.ts'
import { selectorAt, selects } from './selector.ts'

export const conditionOf = (object: { readonly [key: string]: unknown }, type: string): Condition | undefined =>
  mapsAt(object, 'status', 'conditions')
    .filter(isCondition)
    .find((condition) => condition.type === type)

const isCondition = (value: Fields): value is Fields & Condition =>
  typeof value['type'] === 'string' && typeof value['status'] === 'string'

/** The pods that a workload runs now: those of its newest revision that are not on their way out. */
export const podsOf = (
  workload: KubeObject,
  pods: readonly Pod[],
  replicaSets: readonly KubeObject[],
): readonly Pod[] => {
  const selector = selectorAt(workload, 'spec', 'selector')
  const { namespace, annotations = {} } = workload.metadata
  const updateRevision = textAt(workload, 'status', 'updateRevision')
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
