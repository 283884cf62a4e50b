import type { Kube, Ref } from '../../cluster/kube/kube.ts'
import { showRef } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor } from '../../core/wait.ts'

/** Finalizers whose controller works need a second or two; one that is gone needs for ever. */
const patienceMs = 30_000

/** Waits until none of the objects is there any more. Throws `timed-out` naming those that are left. */
export const waitGone = async (kube: Kube, refs: readonly Ref[], ctx: Context, timeoutMs: number): Promise<void> => {
  let left = refs
  const ask = async () => {
    const found = await Promise.all(left.map((ref) => kube.get(ref)))
    left = left.filter((_ref, index) => found[index] !== undefined)
    if (left.length === 0) return { done: undefined }
    const [first] = left
    const more = left.length > 1 ? ` and ${left.length - 1} more` : ''
    return { waiting: `${first ? showRef(first) : ''}${more} ${left.length > 1 ? 'are' : 'is'} still being deleted` }
  }
  await waitFor('The end of what was deleted', poll(ask, 300), {
    ...ctx,
    timeoutMs,
    fixed: timeoutMs < ctx.timeoutMs,
  })
}

/**
 * Deletes objects and waits for their end. Those that hang on finalizers nobody serves are freed of them after a while,
 * which is said: what a finalizer would have cleaned up stays. Answers those that were freed.
 */
export const deleteForGood = async (
  kube: Kube,
  refs: readonly Ref[],
  ctx: Context,
  patience: number = patienceMs,
): Promise<readonly Ref[]> => {
  if (refs.length === 0) return []
  await Promise.all(refs.map((ref) => kube.delete(ref)))
  try {
    await waitGone(kube, refs, ctx, Math.min(patience, ctx.timeoutMs))
    return []
  } catch (error) {
    if (!(error instanceof EnvironmentError) || error.code !== 'timed-out') throw error
    const freed = await freeFinalizers(kube, refs, ctx)
    await waitGone(kube, refs, ctx, ctx.timeoutMs)
    return freed
  }
}

const freeFinalizers = async (kube: Kube, refs: readonly Ref[], ctx: Context): Promise<readonly Ref[]> => {
  const freed: Ref[] = []
  for (const ref of refs) {
    const object = await kube.get(ref)
    const finalizers = object?.metadata.finalizers ?? []
    if (object?.metadata.deletionTimestamp === undefined || finalizers.length === 0) continue
    await kube.mergePatch(ref, { metadata: { finalizers: null } })
    freed.push(ref)
    ctx.warn(`${showRef(ref)} hung on ${finalizers.join(', ')}, which nothing served any more: it was freed of it.`)
  }
  return freed
}
