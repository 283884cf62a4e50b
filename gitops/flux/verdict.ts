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
  return { waiting: fetchFailed ?? (doing || ready?.message || 'Flux has not looked at its source yet') }
}

export type KustomizationVerdict = Verdict<undefined> | { readonly broken: FluxFailure }

/** How far the kustomize controller has come with what it was asked for. */
export const kustomizationVerdict = (
  { ready, stalled, doing, handled, digest: applied, attempted }: FluxState,
  { digest, request }: Asked,
): KustomizationVerdict => {
  const words = ready?.status === 'False' ? ready.message : doing || ready?.message || ''
  if (handled !== request) return { waiting: words === '' ? 'Flux has not looked at it yet' : words }
  if (stalled !== undefined) return { broken: failureOf(stalled, '') }
  if (ready?.status === 'True' && applied === digest) return { done: undefined }
  // Before it has seen the new artifact, it says how it came out with the one before.
  const isOfThis = attempted === digest || ready?.reason === 'ArtifactFailed'
  if (ready?.status === 'False' && isOfThis) return { broken: failureOf(ready.message, ready.reason) }
  return { waiting: words === '' ? 'Flux has not seen the new artifact yet' : words }
}
