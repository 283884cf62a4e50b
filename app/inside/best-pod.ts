import type { Pod } from '../../cluster/kube/models.ts'
import { conditionOf } from '../../cluster/ready/pod.ts'
import type { DeployedPod } from './deployed-pods.ts'

/** The pod to talk to: one that runs, better one that is ready, of these the youngest, which is of the newest revision. */
export const bestPod = (pods: readonly DeployedPod[]): DeployedPod | undefined => {
  const [best] = pods
    .filter(({ pod }) => pod.metadata.deletionTimestamp === undefined && hasRunning(pod))
    .toSorted((a, b) => Number(isReady(b.pod)) - Number(isReady(a.pod)) || (madeAt(a.pod) < madeAt(b.pod) ? 1 : -1))
  return best
}

export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True'

const hasRunning = ({ status }: Pod): boolean =>
  [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].some(({ state }) => state?.running)

const madeAt = ({ metadata }: Pod): string => metadata.creationTimestamp ?? ''
