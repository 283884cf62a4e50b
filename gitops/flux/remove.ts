import { setTimeout as pauseFor } from 'node:timers/promises'
import type { Kube, Ref } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import { kustomizationKind } from './objects.ts'

/** How long a controller that works needs to let go of an object, in milliseconds. */
const patienceMs = 5_000

/**
 * Takes objects of Flux away and leaves what they deployed. A Kustomization that is suspended deletes nothing when it goes;
 * where no controller is left to say so, its finalizer goes by itself.
 */
export const detach = async (kube: Kube, refs: readonly Ref[], ctx: Context): Promise<void> => {
  for (const ref of inOrder(refs)) {
    if (!(await kube.get(ref))) continue
    // Suspended in a write of its own: what the controller sees deleted, it has to see suspended.
    await patchIfThere(kube, ref, { spec: { suspend: true } })
    await kube.delete(ref)
    const until = performance.now() + patienceMs
    while ((await kube.get(ref)) && performance.now() < until) await pauseFor(100, undefined, { signal: ctx.signal })
    if (await kube.get(ref)) await patchIfThere(kube, ref, { metadata: { finalizers: null } })
  }
}

/** What goes by itself meanwhile is gone. */
const patchIfThere = async (kube: Kube, ref: Ref, change: object): Promise<void> => {
  try {
    await kube.mergePatch(ref, change)
  } catch (error) {
    if (await kube.get(ref)) throw error
  }
}

/** What applies goes before what it reads. */
const inOrder = (refs: readonly Ref[]): readonly Ref[] =>
  refs.toSorted((a, b) => Number(b.kind === kustomizationKind.kind) - Number(a.kind === kustomizationKind.kind))

export const pause = (kube: Kube, ref: Ref): Promise<boolean> => suspend(kube, ref, true)

export const goOn = async (kube: Kube, ref: Ref): Promise<void> => {
  await suspend(kube, ref, false)
}

const suspend = async (kube: Kube, ref: Ref, value: boolean): Promise<boolean> => {
  if (!/^(?:Kustomization|HelmRelease)$/.test(ref.kind) || !(await kube.get(ref))) return false
  await kube.mergePatch(ref, { spec: { suspend: value } })
  return true
}
