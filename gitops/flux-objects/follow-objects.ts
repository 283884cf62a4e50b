import { randomUUID } from 'node:crypto'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { textAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { asSentence, poll, waitFor, type Verdict } from '../../core/wait.ts'
import type { Parcel } from '../deployer.ts'
import { fluxTrouble } from '../flux/controllers.ts'
import { failureOf } from '../flux/failure.ts'
import { requestAnnotation } from '../flux/objects.ts'
import { stateOf } from '../flux/state.ts'
import { showNamed } from '../named.ts'
import { closureOf } from '../flux/closure.ts'
import {
  dependenciesOf,
  isKustomization,
  keyOfObject,
  readsTree,
  sourceKeyOf,
  isFlux,
  sourceKinds,
} from '../flux/kinds.ts'
import { chartsAmong, verdictOfChart } from './chart-made.ts'
import type { Held } from './offer-tree.ts'
import { isSuspendedByHand } from './suspended-by-hand.ts'
import { verdictOfObject, type ObjectVerdict } from './verdict-of-object.ts'

/** How Flux names an object: `HelmRelease/team/web`. */
const namedFirst = /\b[A-Z]\w*\/[\w.-]+(?:\/[\w.-]+)?/g

type Followed = { readonly parcel: Parcel; readonly request: string; readonly held?: Held }

/** What says the same for this long will not say otherwise by itself; how often it is asked again meanwhile. In milliseconds. */
const patienceMs = { trouble: 45_000, askAgain: 5_000, dependency: 2_000 }

/**
 * Waits until Flux has made all of it so, what the objects bring in turn included, with its own words on the screen. Throws
 * `sync-failed` in its words where it cannot, with the place of what it names.
 */
export const followObjects = async (
  kube: Kube,
  { parcel, request, held }: Followed,
  ctx: Context,
  patience = patienceMs,
): Promise<void> => {
  const { objects, delivery } = parcel
  const revision = textAt(held, 'revision')
  const own = new Set(objects.map((object) => keyOfObject(object, '')))
  const { worktree } = delivery.objects ?? {}
  let trouble = { same: '', since: 0, asked: 0 }
  const askedAt = new Map<string, number>()
  let askedBelow: ReadonlySet<string> | undefined
  let failed: { readonly object: KubeObject; readonly why: string; readonly reason: string } | undefined
  const isAskedAgain = (object: KubeObject | undefined): boolean =>
    object !== undefined && textAt(object, 'metadata', 'annotations', requestAnnotation) !== request
  const isOfTree = (object: KubeObject | undefined): boolean =>
    object !== undefined && worktree !== undefined && readsTree(object, objects, worktree)
  const ask = async (): Promise<Verdict<undefined>> => {
    // Where the working tree counts, what else is read may be out of reach: what was read of it before is enough.
    const sources = await remoteSources(kube, worktree === undefined ? objects : [])
    let all = [...sources, ...(await closureOf(kube, objects))]
    for (const [, object] of all) if (object && isSuspendedByHand(object)) await goOn(kube, object)
    if (!askedBelow) {
      // What stands with the same files would not be looked at, and somebody else may have changed what it brought.
      const stands = all.filter(
        ([key, object]) =>
          !own.has(key) &&
          object !== undefined &&
          isKustomization(object) &&
          !stateOf(object).isSuspended &&
          verdictOfObject(object, { revision: isOfTree(object) ? revision : undefined }).is === 'done',
      )
      askedBelow = new Set(stands.map(([key]) => key))
      for (const [, object] of stands)
        if (object)
          await kube.mergePatch(refOf(object), { metadata: { annotations: { [requestAnnotation]: request } } })
      if (stands.length > 0) all = [...sources, ...(await closureOf(kube, objects))]
    }
    const charts = await chartsAmong(
      kube,
      all.map(([, object]) => object),
      sources,
    )
    const open = all.flatMap(([key, object]) => {
      const isAsked = own.has(key) || askedBelow?.has(key) === true
      const asked = {
        ...(isAsked && !isAskedAgain(object) ? { request } : {}),
        revision: isOfTree(object) ? revision : heldFor(object, sources),
      }
      const verdict: ObjectVerdict =
        object && isSuspendedByHand(object)
          ? { is: 'waiting', why: 'it was suspended' }
          : verdictOfObject(object, asked)
      if (verdict.is !== 'done') return [{ key, object, verdict }]
      if (!object || !charts.has(object) || stateOf(object).isSuspended) return []
      const ofChart = verdictOfChart(object, charts.get(object), sources.get(sourceKeyOf(object, '') ?? ''))
      return ofChart.is === 'done' ? [] : [{ key, object, verdict: ofChart }]
    })
    const [first] = open
    if (!first) return { done: undefined }
    // Flux itself looks again after 30 s only.
    const freed = open.filter(
      ({ object, verdict }) =>
        verdict.is === 'waiting' &&
        verdict.reason === 'DependencyNotReady' &&
        dependenciesOf(object).every((key) => !open.some((one) => one.key === key)),
    )
    for (const { key, object } of freed)
      if (object && performance.now() - (askedAt.get(key) ?? 0) > patience.dependency) {
        askedAt.set(key, performance.now())
        await askAgain(kube, object)
      }
    const bad = open.find(({ verdict }) => verdict.is === 'trouble')
    const now = performance.now()
    if (bad?.object && bad.verdict.is === 'trouble') {
      const says = `${bad.key}: ${bad.verdict.why}`
      // Of several that lack the same, each attempt names another one first.
      const same = `${bad.key}: ${bad.verdict.why.replaceAll(namedFirst, '')}`
      if (same !== trouble.same) trouble = { same, since: now, asked: now }
      failed = { object: bad.object, why: bad.verdict.why, reason: bad.verdict.reason }
      if (now - trouble.since >= patience.trouble) return { failed: asSentence(says) }
      if (now - trouble.asked >= patience.askAgain) {
        trouble = { ...trouble, asked: now }
        await askAgain(kube, bad.object)
      }
      return { waiting: says }
    }
    // While it tries again it says so: the same trouble afterwards is still the same.
    const why = first.verdict.is === 'waiting' ? first.verdict.why : ''
    return { waiting: `${first.key}: ${why}`, more: async () => (await fluxTrouble(kube, delivery.home)) ?? '' }
  }
  try {
    await waitFor(undefined, poll(ask, 300), ctx)
  } catch (cause) {
    if (!failed || ctx.signal.aborted) throw cause
    throw syncFailed(failed, parcel, cause)
  }
}

/** What a Kustomization has to have applied: what its source holds by now, where that is one of these. */
const heldFor = (
  object: KubeObject | undefined,
  sources: ReadonlyMap<string, KubeObject | undefined>,
): string | undefined =>
  object && isKustomization(object)
    ? textAt(sources.get(sourceKeyOf(object, '') ?? ''), 'status', 'artifact', 'revision')
    : undefined

/** Left to nobody: what its file says later counts. */
const goOn = (kube: Kube, object: KubeObject): Promise<unknown> =>
  kube.mergePatch(refOf(object), { spec: { suspend: null } })

/** It would try again by itself when its interval is over. */
const askAgain = async (kube: Kube, object: KubeObject): Promise<void> => {
  // That of kindup's own request stays: it is what is waited for.
  const request = textAt(object, 'metadata', 'annotations', requestAnnotation)
  if (request !== undefined && textAt(object, 'status', 'lastHandledReconcileAt') !== request) return
  await kube.mergePatch(refOf(object), { metadata: { annotations: { [requestAnnotation]: randomUUID() } } })
}

const syncFailed = (
  { object, why, reason }: { readonly object: KubeObject; readonly why: string; readonly reason: string },
  { placeOf }: Parcel,
  cause: unknown,
): EnvironmentError => {
  const { message, of } = failureOf(why, reason)
  const { kind, metadata } = object
  const named = { kind, name: metadata.name, namespace: metadata.namespace ?? '', group: undefined }
  const at = placeOf(of ?? named) ?? placeOf(named)
  const text = asSentence(of ? `${showNamed(of)}: ${message}` : message)
  return new EnvironmentError('sync-failed', `Flux cannot make ${showNamed(named)} so: ${text}`, {
    problems: at ? [{ severity: 'error', message: text, at }] : [],
    hints: [`kubectl --namespace ${metadata.namespace ?? ''} describe ${kind.toLowerCase()} ${metadata.name}`],
    cause,
  })
}

/** Whether its controller fetches it, and says of each request what came of it: a HelmRepository of an OCI registry is an address, and no more. */
const isFetched = (object: KubeObject): boolean =>
  isFlux(object) &&
  object.kind !== 'ExternalArtifact' &&
  sourceKinds.includes(object.kind) &&
  textAt(object, 'spec', 'type') !== 'oci'

/** The sources among some objects, as they stand, by their keys: what reads one goes on with what it has when it cannot be fetched. */
const remoteSources = async (
  kube: Kube,
  objects: readonly KubeObject[],
): Promise<ReadonlyMap<string, KubeObject | undefined>> =>
  new Map(
    await Promise.all(
      objects.filter(isFetched).map(async (one) => [keyOfObject(one, ''), await kube.get(refOf(one))] as const),
    ),
  )
