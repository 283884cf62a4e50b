import { setTimeout as timer } from 'node:timers'
import { setTimeout as pause } from 'node:timers/promises'
import { allEnded, bindTo, inWords } from './bound.ts'
import { EnvironmentError, stopReason } from './errors.ts'
import { asSentence, showDuration } from './wait.ts'

type Time = {
  /** What has the time: `addon/argocd`. */
  readonly of: string
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly timeoutMs: number
  /** What it was doing last, where it says so. */
  readonly last?: () => string
  /** Calls `ring` after so many milliseconds, unless it is taken back. Default: the clock; tests hand in their own. */
  readonly alarm?: Alarm
}

export type Alarm = (ring: () => void, ms: number) => () => void

const byTheClock: Alarm = (ring, ms) => {
  const set = timer(ring, ms)
  return () => clearTimeout(set)
}

/** What waits within the work may take, after the time, to say why: they know more than the clock. Milliseconds. */
const graceMs = { least: 250, most: 5_000 }
/** What listens to no signal is left alone after this, in milliseconds. */
const leaveMs = 500
/** Even a program that cannot be killed (its disk is gone) holds nobody up for ever. */
const programsMs = 12_000

/**
 * Gives work its time: whatever it waits for then, the work ends, and so do the programs that it started.
 * Throws what the work throws, the stop reason of `signal`, or `timed-out` naming what it waited for.
 */
export const withinTime = async <T>(time: Time, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const { of, timeoutMs, last, alarm = byTheClock } = time
  if (time.signal.aborted) throw stopReason(time.signal)
  const over = new AbortController()
  const own = AbortSignal.any([time.signal, over.signal])
  return bindTo(
    own,
    async ({ signal, waits }) => {
      const takeBack = alarm(
        () => {
          const why = [last?.() ?? '', inWords(waits)].filter((part) => part !== '').join('; ')
          over.abort(
            new EnvironmentError(
              'timed-out',
              asSentence(`${of} was not done after ${showDuration(timeoutMs)}${why === '' ? '' : `: ${why}`}`),
              { hints: ['Raise --timeout if it only needs longer.'] },
            ),
          )
        },
        timeoutMs + Math.min(graceMs.most, Math.max(graceMs.least, timeoutMs / 4)),
      )
      const { promise: left, reject } = Promise.withResolvers<never>()
      const done = new AbortController()
      const leave = async (): Promise<void> => {
        const quiet = { signal: done.signal }
        const settled = async (): Promise<void> => {
          await allEnded(waits)
          await pause(leaveMs, undefined, quiet)
          // What puts something back begins when something else has ended.
          await allEnded(waits)
        }
        await Promise.race([settled(), pause(programsMs, undefined, quiet)])
        reject(stopReason(signal))
      }
      const onAbort = (): void => void leave().catch(() => undefined)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        const result = await Promise.race([work(signal), left])
        // Who swallows that it was ended has not done its work.
        if (signal.aborted) throw stopReason(signal)
        return result
      } catch (error) {
        if (time.signal.aborted) throw stopReason(time.signal)
        // A wait knows more of what it waited for than the clock.
        const ownWords =
          error instanceof EnvironmentError && (error.code === 'timed-out' || error.code === 'wait-failed')
        if (signal.aborted && !ownWords) throw stopReason(signal)
        throw error
      } finally {
        takeBack()
        done.abort()
        signal.removeEventListener('abort', onAbort)
      }
    },
    { killMs: Math.min(8_000, timeoutMs / 2) },
  )
}
