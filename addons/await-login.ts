import type { Context } from '../core/step.ts'
import { poll, waitFor, type Verdict } from '../core/wait.ts'

/** Why there is no way to log in that could be shown; undefined where none is missed. */
export type Absent = { readonly absent: string | undefined }

/**
 * Asks until what an add-on writes by itself is there. What stands in the way is no failure of the add-on, and is answered
 * as the reason; only a stopped run throws. `patienceMs`: how long it is waited for, at most the time of the step.
 */
export const awaitLogin = <T extends object>(
  what: string,
  ask: () => Promise<Verdict<T | Absent>>,
  { patienceMs, everyMs }: { readonly patienceMs: number; readonly everyMs: number },
  ctx: Context,
): Promise<T | Absent> =>
  waitFor(what, poll(ask, everyMs), {
    timeoutMs: Math.min(patienceMs, ctx.timeoutMs),
    fixed: patienceMs <= ctx.timeoutMs,
    signal: ctx.signal,
    report: ctx.report,
  }).catch((error: unknown): Absent => {
    ctx.signal.throwIfAborted()
    return { absent: error instanceof Error ? error.message : String(error) }
  })
