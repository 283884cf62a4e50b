import type { Verdict } from '../../core/wait.ts'
import { failureOf, type FluxFailure } from './failure.ts'
import type { FluxState } from './state.ts'

type Asked = { readonly digest: string; readonly request: string }

/** How far the source controller has come: it holds the artifact, or why not. A registry that is away may come back. */
export const sourceVerdict = (
  { digest: held, stalled, fetchFailed, ready, doing, handled }: FluxState,
  { digest, request }: Asked,
): Verdict<undefined> => {
  if (held === digest && handled === request) return { done: undefined }
  if (stalled !== undefined && handled === request) return { failed: stalled }
  const words = fetchFailed ?? wordsOf(ready, doing)
  return { waiting: words === '' ? 'Flux has not looked at its source yet' : words }
}

export type KustomizationVerdict = Verdict<undefined> | { readonly broken: FluxFailure }

/** How far the kustomize controller has come with what it was asked for. */
export const kustomizationVerdict = (
  { ready, stalled, doing, handled, digest: applied, attempted }: FluxState,
  { digest, request }: Asked,
): KustomizationVerdict => {
  const words = wordsOf(ready, doing)
  if (handled !== request) return { waiting: words === '' ? 'Flux has not looked at it yet' : words }
  if (stalled !== undefined) return { broken: failureOf(stalled, '') }
  if (ready?.status === 'True' && applied === digest) return { done: undefined }
  // Before it has seen the new artifact, it says how it came out with the one before.
  const isOfThis = attempted === digest || ready?.reason === 'ArtifactFailed'
  if (ready?.status === 'False' && isOfThis) return { broken: failureOf(ready.message, ready.reason) }
  return { waiting: words === '' ? 'Flux has not seen the new artifact yet' : words }
}

/** What it says of itself now. That it is ready with what it had before is no news. */
const wordsOf = (ready: FluxState['ready'], doing: string): string => {
  const words = ready?.status === 'False' ? ready.message : doing
  return words.replaceAll(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…')
}
