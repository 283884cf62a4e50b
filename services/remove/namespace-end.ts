import { mapsAt, textAt } from '../../core/fields.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor, type Verdict } from '../../core/wait.ts'

/** Most namespaces are gone by then; from here on its own conditions are read. */
const quietMs = 10_000
/** A controller that has done nothing about its finalizer for so long is gone, or waits for something itself. */
const stillMs = 20_000

type Patience = { readonly quietMs: number; readonly stillMs: number }

/** Waits until a namespace that is being deleted is gone. Ends with what holds it where that does not go on by itself: `wait-failed`. */
export const waitNamespaceGone = async (
  kube: Kube,
  name: string,
  ctx: Context,
  patience: Patience = { quietMs, stillMs },
): Promise<void> => {
  const begun = performance.now()
  let last = { why: '', since: begun }
  const ask = async (): Promise<Verdict<undefined>> => {
    const found = await kube.get({ apiVersion: 'v1', kind: 'Namespace', name })
    if (!found) return { done: undefined }
    const now = performance.now()
    const held = now - begun < patience.quietMs ? undefined : await whatHolds(kube, found)
    if (!held) return { waiting: `Namespace ${name} is still being deleted` }
    if (held.why !== last.why) last = { why: held.why, since: now }
    if (held.isFinal || (held.isStuck && now - last.since > patience.stillMs))
      return { failed: held.why, hints: held.hints }
    return { waiting: held.why, hints: held.hints }
  }
  await waitFor(`The end of the namespace ${name}`, poll(ask, 300), ctx)
}

type Held = {
  readonly why: string
  readonly hints: readonly string[]
  /** Nothing but a hand changes it. */
  readonly isFinal: boolean
  /** Nothing changes it, unless a controller is only slow. */
  readonly isStuck: boolean
}

const conditionsOf = (object: KubeObject) =>
  mapsAt(object, 'status', 'conditions').map((one) => ({
    type: textAt(one, 'type') ?? '',
    status: textAt(one, 'status'),
    message: textAt(one, 'message') ?? '',
  }))

/** What a namespace says itself of why it is not gone yet. */
const whatHolds = async (kube: Kube, namespace: KubeObject): Promise<Held | undefined> => {
  const said = new Map(
    conditionsOf(namespace).flatMap(({ type, status, message }) => (status === 'True' ? [[type, message]] : [])),
  )
  const discovery = said.get('NamespaceDeletionDiscoveryFailure')
  if (discovery !== undefined) return deadApis(kube, discovery)
  const remaining = said.get('NamespaceContentRemaining') ?? ''
  const finalizers = said.get('NamespaceFinalizersRemaining')
  if (finalizers !== undefined) return heldObjects(kube, namespace.metadata.name, remaining, finalizers)
  const failure = said.get('NamespaceDeletionContentFailure')
  if (failure !== undefined) return { why: failure, hints: [], isFinal: false, isStuck: true }
  return remaining === '' ? undefined : { why: remaining, hints: [], isFinal: false, isStuck: false }
}

/** With one API that does not answer, Kubernetes cannot know that a namespace is empty, and keeps every one. */
const deadApis = async (kube: Kube, said: string): Promise<Held> => {
  const services = await kube.list({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' })
  const dead = services.filter((service) =>
    conditionsOf(service).some(({ type, status }) => type === 'Available' && status !== 'True'),
  )
  if (dead.length === 0) return { why: said, hints: [], isFinal: false, isStuck: true }
  const named = dead.map((service) => {
    const why = conditionsOf(service).find(({ type }) => type === 'Available')?.message
    return `APIService ${service.metadata.name}${why === undefined ? '' : ` (${why})`}`
  })
  return {
    why: `it waits for ${named.join(', ')}, which does not answer: as long as it is there no namespace can be deleted (NamespaceDeletionDiscoveryFailure)`,
    hints: [
      ...dead.map(({ metadata }) => `kubectl delete apiservice ${metadata.name}   # where nothing serves it any more`),
      'Or bring its server back. The namespace goes by itself then.',
    ],
    isFinal: true,
    isStuck: true,
  }
}

/** Kubernetes' own finalizers end by themselves, with the pods. */
const ownFinalizer = /^(?:kubernetes\.io\/|foregroundDeletion$|orphan$|batch\.kubernetes\.io\/)/

const heldObjects = async (kube: Kube, namespace: string, remaining: string, finalizers: string): Promise<Held> => {
  const resources = [...remaining.matchAll(/([a-z0-9-]+(?:\.[a-z0-9.-]*)?) has \d+ resource instances/g)].flatMap(
    // Those of the core group end in a dot.
    ([, resource]) => resource?.replace(/\.$/, '') ?? [],
  )
  const { kinds } = await kube.kinds()
  const lists = await Promise.all(
    kinds
      .filter(({ namespaced, plural, apiVersion }) => {
        const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : undefined
        return namespaced && resources.includes(group === undefined ? plural : `${plural}.${group}`)
      })
      .map(({ apiVersion, kind }) => kube.listMetadata({ apiVersion, kind, namespace })),
  )
  const held = lists.flat().flatMap((object) => {
    const { finalizers: own = [], deletionTimestamp } = object.metadata
    const foreign = own.filter((one) => !ownFinalizer.test(one))
    return deletionTimestamp === undefined || foreign.length === 0 ? [] : [{ object, foreign }]
  })
  const [first] = held
  if (!first) return { why: finalizers, hints: [], isFinal: false, isStuck: false }
  const shown = held.slice(0, 3).map(({ object, foreign }) => `${showRef(refOf(object))} (${foreign.join(', ')})`)
  const more = held.length > 3 ? ` and ${held.length - 3} more` : ''
  return {
    why: `it waits for ${shown.join(', ')}${more}, whose finalizers nothing takes away`,
    hints: [
      'Bring the controller of the finalizer back, which then cleans up, or take the finalizer away yourself:',
      ...held.slice(0, 3).map(({ object }) => {
        const { kind, name } = refOf(object)
        return `kubectl patch ${kind.toLowerCase()} ${name} --namespace ${namespace} --type merge --patch '{"metadata":{"finalizers":null}}'`
      }),
    ],
    isFinal: false,
    isStuck: true,
  }
}
