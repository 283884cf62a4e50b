import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { showRef } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import { asSentence, poll, waitFor, type Verdict } from '../../core/wait.ts'
import type { Parcel } from '../deployer.ts'
import { showNamed } from '../named.ts'
import { fluxTrouble } from './controllers.ts'
import type { FluxFailure } from './failure.ts'
import { kustomizationRef, sourceRef } from './objects.ts'
import { stateOf } from './state.ts'
import { kustomizationVerdict, sourceVerdict } from './verdict.ts'

type Awaited = {
  readonly parcel: Pick<Parcel, 'delivery' | 'placeOf'>
  readonly digest: string
  readonly request: string
}

/** What says the same for this long will not say otherwise by itself, in milliseconds. */
const patienceMs = 20_000

/** Waits until Flux holds the artifact, with its own words on the screen. Throws `sync-failed` where it cannot be read. */
export const awaitSource = async (kube: Kube, awaited: Awaited, ctx: Context, patience = patienceMs): Promise<void> => {
  const { delivery } = awaited.parcel
  await follow(kube, sourceRef(delivery), delivery.home, patience, ctx, (object) => {
    const state = stateOf(object)
    const verdict = sourceVerdict(state, awaited)
    return { verdict, gives: 'waiting' in verdict && state.fetchFailed !== undefined ? state.fetchFailed : undefined }
  }).catch((error: unknown) => {
    throw error instanceof EnvironmentError && error.code === 'wait-failed'
      ? new EnvironmentError('sync-failed', `Flux cannot read ${delivery.name}: ${asSentence(error.message)}`, {
          hints: [...error.hints, `kubectl --namespace ${delivery.home} describe ocirepository ${delivery.name}`],
          cause: error,
        })
      : error
  })
}

/**
 * Waits until Flux has applied it, with its own words on the screen. Answers why it could not for now, where it is to be
 * asked again; throws `sync-failed` with the place of what it can never apply.
 */
export const awaitApplied = async (
  kube: Kube,
  awaited: Awaited,
  ctx: Context,
  patience = patienceMs,
): Promise<FluxFailure | undefined> => {
  const { delivery } = awaited.parcel
  let broken: FluxFailure | undefined
  await follow(kube, kustomizationRef(delivery), delivery.home, patience, ctx, (object) => {
    const verdict = kustomizationVerdict(stateOf(object), awaited)
    if (!('broken' in verdict)) return { verdict }
    broken = verdict.broken
    return { verdict: { done: undefined } }
  })
  if (!broken || broken.isPassing) return broken
  throw syncFailed(broken, awaited.parcel)
}

export const syncFailed = (
  { message, of }: FluxFailure,
  { delivery, placeOf }: Awaited['parcel'],
): EnvironmentError => {
  const at = of && placeOf(of)
  return new EnvironmentError(
    'sync-failed',
    `Flux cannot sync ${delivery.name}${of ? ` (${showNamed(of)})` : ''}: ${asSentence(message)}`,
    {
      problems: of
        ? [{ severity: 'error', message: `${showNamed(of)}: ${asSentence(message)}`, ...(at ? { at } : {}) }]
        : [],
      hints: [`kubectl --namespace ${delivery.home} describe kustomization ${delivery.name}`],
    },
  )
}

/** Each try asks from another port: `read udp 10.244.0.5:40321->10.96.0.10:53: i/o timeout`. */
const steady = (words: string): string => words.replaceAll(/:\d+->/g, '->')

type Judged = {
  readonly verdict: Verdict<undefined>
  /** Ends the wait once it has been said for long. */
  readonly gives?: string | undefined
}

const follow = async (
  kube: Kube,
  ref: Ref,
  home: string,
  patience: number,
  ctx: Context,
  judge: (object: KubeObject) => Judged,
): Promise<void> => {
  let said = ''
  let since = performance.now()
  const ask = async (): Promise<Verdict<undefined>> => {
    const object = await kube.get(ref)
    if (!object) return { failed: `${showRef(ref)} was deleted meanwhile` }
    const { verdict, gives } = judge(object)
    if (!('waiting' in verdict)) return verdict
    const says = steady(verdict.waiting)
    if (says !== said) [said, since] = [says, performance.now()]
    if (performance.now() - since < patience) return verdict
    // A controller that is down says nothing at all.
    const down = await fluxTrouble(kube, home)
    if (down === undefined) return gives === undefined ? verdict : { failed: gives }
    return { waiting: `${verdict.waiting} (${down})`, more: () => Promise.resolve('') }
  }
  await waitFor(undefined, poll(ask, 150), ctx)
}
