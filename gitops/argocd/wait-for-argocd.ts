import { EnvironmentError } from '../../core/errors.ts'
import type { Place } from '../../core/problem.ts'
import type { Context } from '../../core/step.ts'
import { asSentence, poll, waitFor, type Verdict } from '../../core/wait.ts'

/** What is left to Argo CD: where it lives, and where its file has it. */
export type Left = { readonly home: string; readonly name: string; readonly at?: Place }

/** How a wait stands; `wrong`: what Argo CD complains of meanwhile, empty where it does not. */
type Seen = Verdict<undefined> | { readonly wrong: string; readonly waiting: string }

type Wait = {
  readonly what: string
  readonly look: () => Promise<Seen>
  readonly of: Left & { readonly kind: string }
  /** What could not be done; Argo CD's words follow. */
  readonly cannot: string
  readonly hints: readonly string[]
  /** What says the same for this long will not say otherwise by itself, in milliseconds. */
  readonly patience?: number | undefined
}

/** Waits for something that Argo CD does by itself. Throws `sync-failed` with its words where it cannot. */
export const waitForArgocd = async (
  { what, look, of: { kind, home, name, at }, cannot, hints, patience = 30_000 }: Wait,
  ctx: Context,
): Promise<void> => {
  let [trouble, since] = ['', 0]
  const ask = async (): Promise<Verdict<undefined>> => {
    const seen = await look()
    if (!('wrong' in seen)) return seen
    const { wrong, waiting } = seen
    if (wrong !== trouble) [trouble, since] = [wrong, performance.now()]
    return wrong !== '' && performance.now() - since >= patience ? { failed: asSentence(wrong) } : { waiting }
  }
  try {
    await waitFor(what, poll(ask, 500), ctx)
  } catch (cause) {
    if (trouble === '' || ctx.signal.aborted) throw cause
    throw new EnvironmentError('sync-failed', `${cannot}: ${asSentence(trouble)}`, {
      cause,
      ...(at ? { problems: [{ severity: 'error', message: `${kind} ${name} is written here.`, at }] } : {}),
      hints: [...hints, `kubectl --namespace ${home} describe ${kind.toLowerCase()} ${name}`],
    })
  }
}
