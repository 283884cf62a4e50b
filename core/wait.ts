import { setTimeout as pause } from 'node:timers/promises'
import { bindTo, inWords } from './bound.ts'
import { EnvironmentError, stopReason } from './errors.ts'

/** What one look says: finished, not yet and why, or never and why. */
export type Verdict<T> =
  | { readonly done: T }
  /** Should it never come: `hints` would help, and `more` is asked once, for what to add to the reason. */
  | {
      readonly waiting: string
      readonly hints?: readonly string[]
      readonly more?: () => Promise<string>
      /** More time alone would not change it. */
      readonly lasting?: true
    }
  | { readonly failed: string; readonly hints?: readonly string[] }

export type WaitOptions = {
  readonly timeoutMs: number
  /** The time is kindup's own: no flag changes it. */
  readonly fixed?: boolean
  /** When the time of the whole step is over, by the clock of `performance.now()`: no wait of it lasts longer. */
  readonly endsAt?: number
  readonly signal: AbortSignal
  /** Told the reason each time it changes. */
  readonly report?: (line: string) => void
}

const nothingYet = 'nothing has answered yet'

/**
 * Follows verdicts until one is final. `what`: the beginning of the sentence; undefined where the reasons say it all.
 * Throws `wait-failed` on a failed one, `timed-out` with the last reason after the time, and the stop reason on abort.
 */
export const waitFor = async <T>(
  what: string | undefined,
  verdicts: (signal: AbortSignal) => AsyncIterable<Verdict<T>>,
  options: WaitOptions,
): Promise<T> => {
  let reason = nothingYet
  let last: { readonly hints?: readonly string[]; readonly more?: () => Promise<string>; readonly lasting?: true } = {}
  const left = (options.endsAt ?? Infinity) - performance.now()
  const time = AbortSignal.timeout(Math.max(0, Math.ceil(Math.min(options.timeoutMs, left))))
  const begun = what === undefined ? '' : `${what}: `
  const either = AbortSignal.any([options.signal, time])
  const probe = async (signal: AbortSignal): Promise<{ readonly done: T } | undefined> => {
    for await (const verdict of verdicts(signal)) {
      if ('done' in verdict) return verdict
      if ('failed' in verdict)
        throw new EnvironmentError('wait-failed', begun + verdict.failed, { hints: verdict.hints ?? [] })
      if (verdict.waiting !== reason) options.report?.(verdict.waiting)
      reason = verdict.waiting
      last = verdict
    }
    return undefined
  }
  try {
    // What a look asks ends with the wait, too.
    const found = await bindTo(either, ({ signal, waits }) => {
      const unanswered = (): void => void (reason = reason === nothingYet ? inWords(waits) || reason : reason)
      signal.addEventListener('abort', unanswered, { once: true })
      return probe(signal)
    })
    if (found) return found.done
  } catch (error) {
    if (!either.aborted || (error instanceof EnvironmentError && error.code === 'wait-failed')) throw error
  }
  if (options.signal.aborted) throw stopReason(options.signal)
  if (!time.aborted)
    throw new EnvironmentError('wait-failed', `${begun}nobody tells any more how it stands (last: ${reason}).`)
  throw new EnvironmentError(
    'timed-out',
    `${what === undefined ? 'not' : `${what} was not`} ready after ${showDuration(options.timeoutMs)}: ${asSentence(reason)}${await moreOf(last)}`,
    {
      hints: [
        ...(last.hints ?? []),
        ...(last.lasting || options.fixed ? [] : ['Raise --timeout if it only needs longer.']),
      ],
    },
  )
}

/** Detail is no reason to wait much longer, or to fail otherwise; but who asks for it may learn what was in the way. */
const moreOf = async ({ more }: { readonly more?: () => Promise<string> }): Promise<string> => {
  if (!more) return ''
  const late = pause(3_000, '', { ref: false })
  const detail = more().catch((error: unknown) => {
    if (error instanceof EnvironmentError) throw error
    return ''
  })
  return Promise.race([detail, late])
}

/** Asks at once and then every `everyMs` milliseconds; for what offers no watch. Ends when the signal aborts. */
export const poll = <T>(ask: () => Promise<Verdict<T>>, everyMs: number) =>
  async function* (signal: AbortSignal): AsyncGenerator<Verdict<T>> {
    while (!signal.aborted) {
      yield await ask()
      await pause(everyMs, undefined, { signal })
    }
  }

/** With one full stop, whoever wrote it. */
export const asSentence = (text: string): string => (/[.!?…]$/.test(text.trimEnd()) ? text.trimEnd() : `${text}.`)

/** `10 min`, `90 s` */
export const showDuration = (ms: number): string =>
  ms >= 120_000 && ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 100) / 10} s`
