import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refIn, showRef } from '../../cluster/kube/ref.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import { mapsAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor, type Verdict } from '../../core/wait.ts'
import { waitGone } from '../remove/gone.ts'

const argoFinalizer = 'argocd.argoproj.io/hook-finalizer'

/** The Jobs of the objects that a sync or a release runs as hooks. */
const hookJobs = (objects: readonly KubeObject[], namespace: string): readonly Ref[] =>
  objects
    .filter((object) => object.kind === 'Job' && isHook(object) && !/test/.test(typesOf(object)))
    .map((object) => refIn(object, namespace))

const typesOf = ({ metadata: { annotations } }: KubeObject): string => annotations?.['helm.sh/hook'] ?? ''

/**
 * Deletes the hook Jobs of an earlier sync that have ended. Argo CD would delete them itself, and on a busy machine takes
 * the end of the old one for that of the new (seen with 3.4.4).
 */
export const clearHookJobs = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  ctx: Context,
): Promise<void> => {
  const ended: Ref[] = []
  for (const ref of hookJobs(objects, namespace)) {
    const live = await kube.get(ref)
    if (!live || endOf(live) === undefined) continue
    const finalizers = live.metadata.finalizers ?? []
    if (finalizers.includes(argoFinalizer))
      await kube.mergePatch(ref, { metadata: { finalizers: finalizers.filter((one) => one !== argoFinalizer) } })
    await kube.delete(ref)
    ended.push(ref)
  }
  if (ended.length > 0) await waitGone(kube, ended, ctx, ctx.timeoutMs)
}

/** Waits for the hook Jobs that are there. Throws `wait-failed` where one has failed, whatever the controller made of it. */
export const awaitHookJobs = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  ctx: Context,
): Promise<void> => {
  const ask = async (): Promise<Verdict<undefined>> => {
    for (const ref of hookJobs(objects, namespace)) {
      const live = await kube.get(ref)
      const end = live && endOf(live)
      if (end === 'Failed') return { failed: `the hook ${showRef(ref)} failed` }
      if (live && end === undefined) return { waiting: `the hook ${showRef(ref)} runs` }
    }
    return { done: undefined }
  }
  await waitFor(undefined, poll(ask, 250), ctx)
}

/** Undefined while it runs. */
export const endOf = (job: KubeObject): 'Complete' | 'Failed' | undefined => {
  const types = mapsAt(job, 'status', 'conditions').flatMap(({ type, status }) => (status === 'True' ? [type] : []))
  return types.includes('Failed') ? 'Failed' : types.includes('Complete') ? 'Complete' : undefined
}
