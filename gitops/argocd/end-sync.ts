import type { Kube, Ref } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor, type Verdict } from '../../core/wait.ts'
import { pauseAnnotation } from './application.ts'
import { argoTrouble } from './controllers.ts'
import { stateOf } from './state.ts'

/** A sync that Argo CD is at. */
const atWork = new Set(['Running', 'Terminating'])

/**
 * Has Argo CD end a sync that kindup asked for before, as `argocd app terminate-op` does: a hook that never ends would keep it at that one for
 * ever, and what is asked for meanwhile is forgotten once it is over. Waits until it has ended.
 */
export const endSync = async (kube: Kube, ref: Ref, ctx: Context): Promise<void> => {
  ctx.report('having Argo CD end the sync of an earlier state')
  // A paused one would be left as it is.
  await kube.mergePatch(ref, {
    metadata: { annotations: { [pauseAnnotation]: 'false' } },
    status: { operationState: { phase: 'Terminating' } },
  })
  const ask = async (): Promise<Verdict<void>> => {
    const live = await kube.get(ref)
    const { operation } = live ? stateOf(live) : {}
    if (!operation || !atWork.has(operation.phase)) return { done: undefined }
    return { waiting: (await argoTrouble(kube, ref.namespace ?? '')) ?? operation.message }
  }
  await waitFor(`The end of an earlier sync of ${ref.name} by Argo CD`, poll(ask, 250), ctx)
}
