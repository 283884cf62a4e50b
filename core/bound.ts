import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as timer } from 'node:timers'
import { EnvironmentError, stopReason } from './errors.ts'

/** Something outside that is waited for: a program, an answer, a lock. */
type Wait = {
  /** What has not happened, as the end of a sentence: `docker ps has not ended`. Empty: not worth a word. */
  readonly what: () => string
  /** Ends a program at once, whatever it is doing. */
  readonly kill?: () => void
  /** Set where it ends by itself soon after a stop, and must not be left alone: resolves when it has. */
  readonly ended?: Promise<void>
}

/** What is waited for now, oldest first. */
export type Waits = Set<Wait>

/** What is to be done once a command has ended, however it did. */
export type Ends = Set<() => Promise<void>>

/** What one piece of work and all that it begins are bound to, however deep below. */
export type Bound = {
  readonly signal: AbortSignal
  /** How long a program may take to end when it is asked to, in milliseconds; then it is killed. */
  killMs: number
  readonly waits: Waits
  readonly ends?: Ends
  /** The command, or what puts things back after a stop: work that several wait for is bound to it. */
  readonly isRoot?: true
  readonly outer: Bound | undefined
}

/** helm writes the state of its release in it. */
const killMs = 8_000

/**
 * The one thing that is not handed on from function to function (decision 029): whoever starts a program, asks the
 * API or waits looks here, and nobody between it and the step can forget to pass a signal.
 */
const current = new AsyncLocalStorage<Bound>()

/** Does the work bound to `signal`, and to what the caller is bound to: all that it begins ends with either. */
export const bindTo = <T>(
  signal: AbortSignal,
  work: (bound: Bound) => Promise<T>,
  options: { readonly killMs?: number; readonly waits?: Waits; readonly ends?: Ends; readonly isRoot?: true } = {},
): Promise<T> => {
  const outer = current.getStore()
  const bound: Bound = {
    signal: outer ? either(outer.signal, signal) : signal,
    killMs: options.killMs ?? outer?.killMs ?? killMs,
    waits: options.waits ?? new Set(),
    ...(options.ends && { ends: options.ends }),
    ...(options.isRoot && { isRoot: true }),
    outer,
  }
  return current.run(bound, work, bound)
}

/** What the caller is bound to, and `given`; undefined where that is nothing. */
export const boundSignal = (given?: AbortSignal): AbortSignal | undefined => {
  const bound = current.getStore()
  return bound && given ? either(bound.signal, given) : (bound?.signal ?? given)
}

/** How long a program that the caller starts may take to end when it is asked to, in milliseconds. Asked when that happens. */
export const boundKillMs = (): (() => number) => {
  const bound = current.getStore()
  return () => bound?.killMs ?? killMs
}

const either = (one: AbortSignal, other: AbortSignal): AbortSignal =>
  one === other ? one : AbortSignal.any([one, other])

/** Does the work, and lets whoever ends it for want of time say `what` has not happened. */
export const waiting = async <T>(
  what: string | (() => string),
  work: () => Promise<T>,
  { kill, holds = kill !== undefined }: { readonly kill?: () => void; readonly holds?: boolean } = {},
): Promise<T> => {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const wait: Wait = {
    what: typeof what === 'string' ? () => what : what,
    ...(kill && { kill }),
    ...(holds && { ended }),
  }
  const all = chain(current.getStore())
  for (const { waits } of all) waits.add(wait)
  try {
    return await work()
  } finally {
    for (const { waits } of all) waits.delete(wait)
    resolve()
  }
}

const rootOf = (bound: Bound | undefined): Bound | undefined => (!bound || bound.isRoot ? bound : rootOf(bound.outer))

const chain = (bound: Bound | undefined): readonly Bound[] => (bound ? [bound, ...chain(bound.outer)] : [])

/** Does the work once the command has ended that the caller belongs to. */
export const atEnd = (work: () => Promise<void>): void => {
  for (const { ends } of chain(current.getStore())) ends?.add(work)
}

/** What is waited for, as the end of a sentence; empty where nothing is. */
export const inWords = (waits: Waits): string => {
  const texts = [...new Set([...waits].map(({ what }) => what()).filter((text) => text !== ''))]
  const [first, second, ...more] = texts
  if (first === undefined) return ''
  return (
    [first, ...(second === undefined ? [] : [second])].join(', ') + (more.length > 0 ? `, and ${more.length} more` : '')
  )
}

/** Kills every program that is waited for, without a word. */
export const killAll = (waits: Waits): void => {
  for (const { kill } of waits) kill?.()
}

/** Until nothing goes on that must not be left alone. */
export const allEnded = async (waits: Waits): Promise<void> => {
  for (let left = endsOf(waits); left.length > 0; left = endsOf(waits)) await Promise.all(left)
}

const endsOf = (waits: Waits): readonly Promise<void>[] => [...waits].flatMap(({ ended }) => ended ?? [])

/** Puts something back although the caller may have been stopped: bound to a time of its own, in milliseconds. */
export const afterStop = async <T>(work: () => Promise<T>, ms = 5_000): Promise<T> => {
  const late = new AbortController()
  const end = timer(() => late.abort(new EnvironmentError('timed-out', `It took longer than ${ms / 1000} s.`)), ms)
  const outer = current.getStore()
  const bound: Bound = { signal: late.signal, killMs: 500, waits: new Set(), isRoot: true, outer }
  try {
    return await waiting('', () => current.run(bound, work), { holds: true })
  } finally {
    clearTimeout(end)
  }
}

/** Begins what goes on after whoever begins it: it is bound to nothing. */
export const unbound = <T>(work: () => T): T => current.exit(work)

/**
 * Begins work that several may wait for: who waits does so within its own bounds, and the work ends when the last one
 * who waits is stopped, or the command is.
 */
export const shared = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  const root = rootOf(current.getStore())
  const nobody = new AbortController()
  const bound: Bound = {
    signal: root ? AbortSignal.any([root.signal, nobody.signal]) : nobody.signal,
    killMs: root?.killMs ?? killMs,
    waits: new Set(),
    outer: root,
  }
  const result = current.run(bound, work)
  // Whoever waits hears of it.
  result.catch(() => undefined)
  let count = 0
  return async () => {
    const mine = current.getStore()
    count += 1
    const wait = async (): Promise<T> => {
      try {
        return await untilStopped(result, mine?.signal)
      } finally {
        count -= 1
        if (count === 0 && mine?.signal.aborted) {
          bound.killMs = Math.min(bound.killMs, mine.killMs)
          nobody.abort(mine.signal.reason)
          await allEnded(bound.waits)
        }
      }
    }
    return waiting(() => inWords(bound.waits), wait, { holds: true })
  }
}

/** Whoever is stopped waits no longer. */
export const untilStopped = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal?.aborted) throw stopReason(signal)
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(stopReason(signal))
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
