import type { Kube } from '../../cluster/kube/kube.ts'
import type { KubeObject, Pod } from '../../cluster/kube/models.ts'
import { podsOf } from './pods.ts'

/**
 * Deletes pods of these workloads that wait out a back-off from before, or for an image that may not be pulled: that takes
 * up to five minutes, and what was wrong may just have been fixed. Their workloads make them again at once.
 */
export const retryStuckPods = async (kube: Kube, objects: readonly KubeObject[], namespace: string): Promise<void> => {
  const stuck = (await podsOf(kube, objects, namespace)).filter(isStuck)
  await Promise.all(
    stuck.map(({ apiVersion, kind, metadata: { name, namespace: where = namespace } }) =>
      kube.delete({ apiVersion, kind, name, namespace: where }),
    ),
  )
}

const isStuck = (pod: KubeObject): boolean => {
  const { spec, status = {} } = pod as Pod
  const restarts = (spec?.restartPolicy ?? 'Always') === 'Always'
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].some(
    ({ state, restartCount }) =>
      /BackOff$|^ErrImageNeverPull$/.test(state?.waiting?.reason ?? '') ||
      // Between its end and the word that says so.
      (restarts && restartCount > 0 && (state?.terminated?.exitCode ?? 0) !== 0),
  )
}
