import type { Outcome } from './walk.ts'

/** One stretch of the way that the walk took longest: a step, or what was done ahead for it. */
export type PathPart = { readonly id: string; readonly seconds: number; readonly ahead?: true }

/** What the walk had to wait for, from its beginning to its end: whatever is not on it could be slower and change nothing. */
export const criticalPath = ({ done, times }: Pick<Outcome, 'done' | 'times'>): readonly PathPart[] => {
  const seconds = new Map(done.map((step) => [step.id, step.seconds]))
  const endOf = (id: string): number => (times.get(id)?.started ?? -1) + (seconds.get(id) ?? 0)
  let at = done.filter(({ id }) => times.has(id)).toSorted((a, b) => endOf(b.id) - endOf(a.id))[0]?.id
  const path: PathPart[] = []
  while (at !== undefined) {
    const id = at
    const own = times.get(id)
    if (!own) break
    path.unshift({ id, seconds: seconds.get(id) ?? 0 })
    const { waitedFor, prepared } = own
    if (waitedFor === id && prepared !== undefined) path.unshift({ id, seconds: prepared, ahead: true })
    at = waitedFor === id ? undefined : waitedFor
  }
  return path
}

/** The steps that something was done for, with when it was: what began first comes first. */
export const ranSteps = ({ done, failed, times }: Outcome) =>
  [...done, ...failed.map(({ id, seconds }) => ({ id, seconds, result: 'failed' as const }))]
    .flatMap(({ id, seconds, result }) => {
      const own = times.get(id)
      return own ? [{ id, seconds, result, ...own }] : []
    })
    .toSorted((a, b) => a.started - b.started || a.seconds - b.seconds)

/**
 * The walk as Chrome, Perfetto and Speedscope read it: the Trace Event Format's JSON object, times in microseconds. Each
 * step has a row of its own; `ahead` seconds passed before the walk began.
 */
export const chromeTrace = (outcome: Outcome, ahead: number): object => {
  return {
    displayTimeUnit: 'ms',
    traceEvents: [
      { name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: 'kindup' } },
      { name: 'thread_name', ph: 'M', pid: 1, tid: 0, args: { name: 'plan' } },
      span(0, 'plan', 0, ahead),
      ...ranSteps(outcome).flatMap(({ id, started, seconds, waitedFor, prepared, result }, index) => [
        { name: 'thread_name', ph: 'M', pid: 1, tid: index + 1, args: { name: id } },
        ...(prepared === undefined ? [] : [span(index + 1, `${id} (ahead)`, ahead, prepared)]),
        span(index + 1, id, ahead + started, seconds, {
          ...(waitedFor === undefined ? {} : { waitedFor }),
          result,
        }),
      ]),
    ],
  }
}

const micro = (seconds: number): number => Math.round(seconds * 1e6)

/** A stretch of one row; times in seconds. */
const span = (row: number, name: string, from: number, seconds: number, args: object = {}): object => ({
  name,
  ph: 'X',
  pid: 1,
  tid: row,
  ts: micro(from),
  dur: micro(seconds),
  args,
})
