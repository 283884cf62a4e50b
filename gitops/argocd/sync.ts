import type { Kube } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Place } from '../../core/problem.ts'
import type { Context } from '../../core/step.ts'
import { asSentence, poll, waitFor, type Verdict } from '../../core/wait.ts'
import type { Delivery } from '../delivery.ts'
import { showNamed, type Named } from '../named.ts'
import { argoTrouble } from './controllers.ts'
import { applicationRef } from './application.ts'
import { stateOf, type AppState } from './state.ts'
import { syncVerdict, type SyncFailure, type Synced } from './verdict.ts'

type Awaited = {
  readonly delivery: Delivery
  readonly digest: string
  readonly request: string
  readonly before: AppState | undefined
  /** Where the text of an object stands. */
  readonly placeOf: (named: Named) => Place | undefined
  /** Told once something of it is applied. */
  readonly onBegun?: () => void
}

/** What says the same for this long will not say otherwise by itself, in milliseconds. */
const patienceMs = 20_000
/** Within this time Argo CD tries again what a sync window had kept back, in milliseconds. */
const triedMs = 4_000

/**
 * Waits until Argo CD has made it so, with Argo CD's own words on the screen. Throws `sync-failed` with its message, and
 * the places of the objects that it could not apply.
 */
export const awaitSync = async (kube: Kube, awaited: Awaited, ctx: Context, patience = patienceMs): Promise<Synced> => {
  const { delivery } = awaited
  const ref = applicationRef(delivery)
  let broken: SyncFailure | undefined
  let said = ''
  let since = performance.now()
  const ask = async (): Promise<Verdict<Synced>> => {
    const application = await kube.get(ref)
    if (!application) return { failed: `Application ${delivery.home}/${delivery.name} was deleted meanwhile` }
    const state = stateOf(application)
    const now = JSON.stringify([state.sync, state.conditions, state.operation])
    if (now !== said) [said, since] = [now, performance.now()]
    const isOld = performance.now() - since >= patience
    if (state.operation?.request === awaited.request && state.operation.hasApplied) awaited.onBegun?.()
    const isStill = performance.now() - since >= triedMs
    const verdict = syncVerdict(state, { ...awaited, isOld, isStill })
    if ('broken' in verdict) {
      broken = verdict.broken
      return { failed: broken.message }
    }
    if (!('waiting' in verdict) || !isOld) return verdict
    // A controller that is down says nothing at all.
    const down = await argoTrouble(kube, delivery.home)
    return {
      waiting: down === undefined ? verdict.waiting : `${verdict.waiting} (${down})`,
      more: () => Promise.resolve(''),
    }
  }
  try {
    return await waitFor(`The sync of ${delivery.name} by Argo CD`, poll(ask, 250), ctx)
  } catch (error) {
    if (broken) throw syncFailed(broken, awaited, error)
    throw error
  }
}

const hooksIn = (of: SyncFailure['of']): string => {
  const hooks = of.filter(({ hook }) => hook !== '')
  return hooks.length === 0
    ? ''
    : ` (${hooks.map((one) => `the ${one.hook} hook ${showNamed(one)} failed`).join(', ')})`
}

const syncFailed = ({ message, of }: SyncFailure, { delivery, placeOf }: Awaited, cause: unknown): EnvironmentError =>
  new EnvironmentError('sync-failed', `Argo CD cannot sync ${delivery.name}${hooksIn(of)}: ${asSentence(message)}`, {
    problems: of.map((one) => {
      const at = placeOf(one)
      return { severity: 'error', message: `${showNamed(one)}: ${asSentence(one.message)}`, ...(at ? { at } : {}) }
    }),
    hints: [`kubectl --namespace ${delivery.home} describe application ${delivery.name}`],
    cause,
  })

/** Longest that an Argo CD which has synced is waited for to call it healthy, in milliseconds: what kindup sees counts. */
const healthPatienceMs = 15_000

/** Waits until Argo CD calls it healthy, and warns where it does not: kindup has seen all of it ready by then. */
export const awaitHealth = async (kube: Kube, delivery: Delivery, ctx: Context): Promise<void> => {
  const ask = async (): Promise<Verdict<undefined>> => {
    const application = await kube.get(applicationRef(delivery))
    if (!application) return { done: undefined }
    const { health, healthMessage, unhealthy } = stateOf(application)
    if (health === 'Healthy') return { done: undefined }
    const [first] = unhealthy
    const words = first
      ? `${showNamed(first)} is ${first.status}${first.message === '' ? '' : ` (${first.message})`}`
      : healthMessage
    return { waiting: `Argo CD says ${health === '' ? 'nothing yet' : health}${words === '' ? '' : `: ${words}`}` }
  }
  let last = ''
  try {
    await waitFor(undefined, poll(ask, 250), {
      ...ctx,
      timeoutMs: Math.min(healthPatienceMs, ctx.timeoutMs),
      report: (line) => {
        last = line
        ctx.report(line)
      },
    })
  } catch (error) {
    if (ctx.signal.aborted || !(error instanceof EnvironmentError) || error.code !== 'timed-out') throw error
    ctx.warn(`${delivery.name} is ready, and ${last}.`)
  }
}
