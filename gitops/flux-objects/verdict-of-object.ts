import type { KubeObject } from '../../cluster/kube/kube.ts'
import { numberAt, textAt } from '../../core/fields.ts'
import { stateOf } from '../flux/state.ts'
import { isKustomization } from '../flux/kinds.ts'

/** How far Flux has come with one object: `stands` for what more time alone hardly changes. */
export type ObjectVerdict =
  | { readonly is: 'done' }
  | { readonly is: 'waiting'; readonly why: string; readonly reason?: string }
  | { readonly is: 'trouble'; readonly why: string; readonly reason: string }

type Asked = {
  /** It was asked for by this one; left out where nobody asked. */
  readonly request?: string | undefined
  /** Of the working tree, where it reads that: `sha256:…`. */
  readonly revision?: string | undefined
}

export const verdictOfObject = (object: KubeObject | undefined, { request, revision }: Asked): ObjectVerdict => {
  if (!object) return { is: 'waiting', why: 'it is not there yet' }
  const { ready, stalled, doing, handled, isSuspended } = stateOf(object)
  if (isSuspended) return { is: 'done' }
  const observed = numberAt(object, 'status', 'observedGeneration') ?? -1
  const isSeen = observed >= (numberAt(object, 'metadata', 'generation') ?? 0)
  if (!isSeen || (request !== undefined && handled !== request))
    // What it said of an older state is gone soon: nobody ends on it.
    return ready?.status === 'False'
      ? troubled(ready.reason, ready.message)
      : { is: 'waiting', why: doing === '' ? 'Flux has not looked at it yet' : doing }
  if (stalled !== undefined) return { is: 'trouble', why: stalled, reason: 'Stalled' }
  if (ready?.status === 'False') return troubled(ready.reason, ready.message)
  if (ready?.status !== 'True') return { is: 'waiting', why: doing === '' ? (ready?.message ?? '') : doing }
  return revision === undefined || hasApplied(object, revision)
    ? { is: 'done' }
    : { is: 'waiting', why: 'Flux has not seen the new files yet' }
}

/** It waits for others, and not for somebody to do something. */
const patient = ['DependencyNotReady', 'Progressing', 'ProgressingWithRetry', 'HealthCheckCanceled']

const troubled = (reason: string, message: string): ObjectVerdict =>
  patient.includes(reason) ? { is: 'waiting', why: message, reason } : { is: 'trouble', why: message, reason }

/** A chart has the first digits in its version: `0.1.0+de78d2ec19ad`. */
const hasApplied = (object: KubeObject, revision: string): boolean => {
  const digits = (revision.split(':').at(-1) ?? '').slice(0, 12)
  if (isKustomization(object)) return textAt(object, 'status', 'lastAppliedRevision') === revision
  return (textAt(object, 'status', 'lastAttemptedRevision') ?? '').includes(digits)
}
