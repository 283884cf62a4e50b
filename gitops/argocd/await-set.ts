import type { Kube } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { asSentence, poll, waitFor, type Verdict } from '../../core/wait.ts'
import { applicationKind } from './application.ts'
import { awaitApplication, type Left } from './await-application.ts'

const setKind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet' } as const

/** What says the same for this long will not say otherwise by itself, in milliseconds. */
const patienceMs = 30_000

/**
 * Waits until the controller of ApplicationSets has made the Applications of one that it was left to, and each of them is
 * `Synced` and `Healthy`. Throws `sync-failed` with Argo CD's words where it cannot.
 */
export const awaitSet = async (
  kube: Kube,
  { home, name, at }: Left,
  ctx: Context,
  patience = patienceMs,
): Promise<void> => {
  let [trouble, since] = ['', 0]
  const ask = async (): Promise<Verdict<undefined>> => {
    const conditions = mapsAt(await kube.get({ ...setKind, namespace: home, name }), 'status', 'conditions')
    const of = (type: string) => conditions.find((one) => textAt(one, 'type') === type)
    const error = of('ErrorOccurred')
    const wrong = textAt(error, 'status') === 'True' ? (textAt(error, 'message') ?? 'an error without a message') : ''
    if (wrong !== trouble) [trouble, since] = [wrong, performance.now()]
    if (wrong !== '' && performance.now() - since >= patience) return { failed: asSentence(wrong) }
    if (wrong === '' && textAt(of('ResourcesUpToDate'), 'status') === 'True') return { done: undefined }
    return { waiting: wrong === '' ? 'Argo CD has not looked at it yet' : wrong }
  }
  try {
    await waitFor(`Argo CD makes the Applications of ${name}`, poll(ask, 500), ctx)
  } catch (cause) {
    if (trouble === '' || ctx.signal.aborted) throw cause
    const message = `Argo CD cannot make the Applications of ApplicationSet ${name}: ${asSentence(trouble)}`
    throw new EnvironmentError('sync-failed', message, {
      cause,
      ...(at ? { problems: [{ severity: 'error', message: `ApplicationSet ${name} is this one.`, at }] } : {}),
      hints: [`kubectl --namespace ${home} describe applicationset ${name}`],
    })
  }
  const made = (await kube.list({ ...applicationKind, namespace: home })).filter(({ metadata }) =>
    mapsAt(metadata, 'ownerReferences').some(
      (owner) => textAt(owner, 'kind') === setKind.kind && textAt(owner, 'name') === name,
    ),
  )
  if (made.length === 0) ctx.warn(`ApplicationSet ${name} makes no Application: its generators find nothing.`)
  await Promise.all(
    made.map((one) => awaitApplication(kube, { home, name: one.metadata.name, ...(at ? { at } : {}) }, ctx, patience)),
  )
}
