import type { ContainerStatus, Pod } from '../kube/models.ts'

/** When a container was first seen to run, in milliseconds since 1970. */
export type FirstSeen = (pod: Pod, status: ContainerStatus, now: number) => number

/**
 * Remembers over the looks of one wait since when it knows of each container that it runs. On a busy machine the kubelet
 * tells of a start many seconds late, and later still that it ended: the time of the start alone proves nothing.
 */
export const makeFirstSeen = (): FirstSeen => {
  const seen = new Map<string, number>()
  return ({ metadata: { uid = '' } }, { name, state }, now) => {
    const key = `${uid}/${name}/${state?.running?.startedAt ?? ''}`
    const at = seen.get(key) ?? now
    seen.set(key, at)
    return at
  }
}
