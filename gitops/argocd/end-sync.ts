import { randomUUID } from 'node:crypto'
import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { valueAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor, type Verdict } from '../../core/wait.ts'
import { pauseAnnotation } from './application.ts'
import { argoTrouble } from './controllers.ts'
import { stateOf, type AppState } from './state.ts'
import { isClosed } from './verdict.ts'

/** A sync that Argo CD is at. */
const atWork = new Set(['Running', 'Terminating'])
/** While a sync window is closed Argo CD ends nothing either: after this time that is the answer, in milliseconds. */
const closedMs = 4_000

/**
 * What the sync of an artifact is asked for with. What an ended run has asked for of the same artifact is waited for: a second request would
 * be forgotten when that one is over. `isBlocked`: one of another artifact is under way, and has to end first. One that nobody of kindup asked
 * for is left to whoever did.
 */
export const nextRequest = (
  before: AppState | undefined,
  digest: string,
): { readonly request: string; readonly isBlocked: boolean } => {
  const { phase = '', request = '', revision } = before?.operation ?? {}
  const isUnderWay = request !== '' && atWork.has(phase)
  return isUnderWay && phase === 'Running' && revision === digest
    ? { request, isBlocked: false }
    : { request: randomUUID(), isBlocked: isUnderWay }
}

/**
 * Has Argo CD end a sync that kindup asked for before, as `argocd app terminate-op` does: a hook that never ends would keep it at that one for
 * ever, and what is asked for meanwhile is forgotten once it is over. Waits until it has ended.
 */
export const endSync = async (kube: Kube, ref: Ref, ctx: Context, patience = closedMs): Promise<void> => {
  ctx.report('having Argo CD end the sync of an earlier state')
  const began = performance.now()
  const ask = async (): Promise<Verdict<void>> => {
    const live = await kube.get(ref)
    const { operation } = live ? stateOf(live) : {}
    // Without a request to be at, nobody would end what is told to end.
    if (!live || !operation || !atWork.has(operation.phase) || valueAt(live, 'operation') === undefined)
      return { done: undefined }
    if (operation.phase === 'Running') await terminate(kube, live)
    if (isClosed(operation) && performance.now() - began >= patience)
      return { failed: `${operation.message} (a sync window of the project keeps it from ending)` }
    return { waiting: (await argoTrouble(kube, ref.namespace ?? '')) ?? operation.message }
  }
  await waitFor(`The end of an earlier sync of ${ref.name} by Argo CD`, poll(ask, 250), ctx)
}

/** Where it has changed since, by its end perhaps, it is looked at again. */
const terminate = async (kube: Kube, live: KubeObject): Promise<void> => {
  const { resourceVersion } = live.metadata
  try {
    await kube.mergePatch(refOf(live), {
      // A paused one would be left as it is.
      metadata: { resourceVersion, annotations: { [pauseAnnotation]: 'false' } },
      status: { operationState: { phase: 'Terminating' } },
    })
  } catch (error) {
    if (!(error instanceof EnvironmentError) || error.code !== 'api-conflict') throw error
  }
}
