import type { Kube, Ref } from '../../cluster/kube/kube.ts'
import { valueAt } from '../../core/fields.ts'
import { pauseAnnotation } from './application.ts'
import { stateOf } from './state.ts'

/**
 * Takes Applications away and leaves what they deployed: it goes on running, and belongs to nobody. What is not there is
 * no error.
 */
export const detach = async (kube: Kube, applications: readonly Ref[]): Promise<void> => {
  for (const ref of applications) {
    if (!(await kube.get(ref))) continue
    await kube.mergePatch(ref, { metadata: { finalizers: null } })
    await kube.delete(ref)
  }
}

/** Keeps Argo CD from changing anything back while something is done beside it. Whether there is such an Application. */
export const pause = async (kube: Kube, ref: Ref): Promise<boolean> => {
  if (!(await kube.get(ref))) return false
  await kube.mergePatch(ref, { metadata: { annotations: { [pauseAnnotation]: 'true' } } })
  return true
}

/**
 * Without this, an Application would never be rid of its finalizer: Argo CD leaves a paused one alone, one whose sync is on its
 * way, however long a sync window keeps that from ending, and one whose project is not there.
 */
export const goOn = async (kube: Kube, ref: Ref): Promise<void> => {
  const live = await kube.get(ref)
  if (!live) return
  const isPaused = live.metadata.annotations?.[pauseAnnotation] === 'true'
  const isAsked = valueAt(live, 'operation') !== undefined
  const isLost = stateOf(live).conditions.some(({ message }) => /project .*(?:does not exist|not found)/.test(message))
  if (!isPaused && !isAsked && !isLost) return
  await kube.mergePatch(ref, {
    ...(isPaused && { metadata: { annotations: { [pauseAnnotation]: null } } }),
    ...(isAsked && { operation: null }),
    ...(isLost && { spec: { project: 'default' } }),
  })
}
