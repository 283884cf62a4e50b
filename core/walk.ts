import { statusOf } from './assess.ts'
import type { Fault } from './fault.ts'
import type { Plan, PlannedStep } from './plan.ts'
import type { Context } from './step.ts'
import { withinTime, type Alarm } from './within-time.ts'

export type StepResult = {
  readonly id: string
  readonly result: 'created' | 'updated' | 'removed' | 'unchanged'
  readonly seconds: number
} & Partial<StepTimes>
type StepFailure = {
  readonly id: string
  readonly error: unknown
  readonly seconds: number
} & Partial<StepTimes>

/** When a step ran, in seconds after its walk began. */
export type StepTimes = {
  readonly started: number
  /** The need, or the preparation of its own, that it had to wait for longest. */
  readonly waitedFor?: string
  /** How long what was done ahead for it took; it begins with the walk. */
  readonly prepared?: number
}

export type Outcome = {
  readonly done: readonly StepResult[]
  readonly failed: readonly StepFailure[]
  /** Ids of the steps that were not begun because another failed or the user stopped the run. */
  readonly notStarted: readonly string[]
  /** By id, of the steps that something was done for. */
  readonly times: ReadonlyMap<string, StepTimes>
}

/** Told about each step that does something, as it happens. */
export type Listener = {
  readonly preparing?: (id: string) => void
  readonly prepared?: (id: string) => void
  readonly started?: (id: string) => void
  readonly reported?: (id: string, line: string) => void
  readonly ended?: (id: string, end: StepResult | StepFailure | 'not-started') => void
}

export type WalkOptions = {
  readonly signal: AbortSignal
  /** The longest that one step may take, in milliseconds. */
  readonly timeoutMs: number
  readonly listener?: Listener
  readonly warn?: (id: string, text: string) => void
  /** For tests, see `withinTime`. */
  readonly alarm?: Alarm
  /** Hits the run at a moment of a step, for tests. */
  readonly fault?: Fault | undefined
}

/**
 * Makes every planned step so, as parallel as needs allow. Preparations start at once.
 * After the first failure nothing new is started, what runs may end, and all failures are reported.
 */
export const walk = async (plan: Plan, options: WalkOptions): Promise<Outcome> => {
  const done: StepResult[] = []
  const failed: StepFailure[] = []
  const notStarted: string[] = []
  const { listener } = options
  const moves: Moves = new Map()
  const began = performance.now()
  const times = new Map<string, StepTimes>()
  const fail = (id: string, error: unknown, since: number): void => {
    // A preparation that fails early is reported once, although the step itself comes to it later.
    if (failed.some((failure) => failure.id === id)) return
    const failure = { id, error, seconds: secondsSince(since) }
    failed.push(failure)
    listener?.ended?.(id, failure)
  }

  const prepared = new Map<string, Promise<boolean>>()
  const preparedFor = new Map<string, number>()
  for (const { step, action, isDue } of plan) {
    if (!step.prepare || (action !== 'create' && action !== 'update')) continue
    const since = performance.now()
    listener?.preparing?.(step.id)
    const preparation = timed(options, moves, (context) => step.prepare!(context, isDue), step.id)
    prepared.set(
      step.id,
      preparation.then(
        () => {
          preparedFor.set(step.id, secondsSince(since))
          listener?.prepared?.(step.id)
          return true
        },
        (error: unknown) => (fail(step.id, error, since), false),
      ),
    )
  }

  const ends = new Map<string, Promise<boolean>>()
  // Who needs a step that nothing is done for waits for what that one waited for.
  const passed = new Map<string, string | undefined>()
  const take = async (planned: PlannedStep): Promise<boolean> => {
    const { step, action } = planned
    let waitedFor: string | undefined
    const needs = await Promise.all(
      (step.needs ?? []).map(async (need) => {
        const isThere = await (ends.get(need) ?? true)
        waitedFor = passed.has(need) ? (passed.get(need) ?? waitedFor) : need
        return isThere
      }),
    )
    if (action === 'none') {
      passed.set(step.id, waitedFor)
      done.push({ id: step.id, result: 'unchanged', seconds: 0 })
      return true
    }
    const isPrepared = !prepared.has(step.id) || preparedFor.has(step.id)
    const ready = (await prepared.get(step.id)) ?? true
    if (!ready) return false
    if (failed.length > 0 || options.signal.aborted || needs.includes(false)) {
      notStarted.push(step.id)
      listener?.ended?.(step.id, 'not-started')
      return false
    }
    const since = performance.now()
    const ahead = preparedFor.get(step.id)
    const longest = isPrepared ? waitedFor : step.id
    times.set(step.id, {
      started: secondsBetween(began, since),
      ...(longest === undefined ? {} : { waitedFor: longest }),
      ...(ahead === undefined ? {} : { prepared: ahead }),
    })
    listener?.started?.(step.id)
    try {
      options.fault?.(step.id, 'before')
      const result = await timed(options, moves, (context) => carryOut(planned, context), step.id)
      options.fault?.(step.id, 'after')
      const end = { id: step.id, result, seconds: secondsSince(since) }
      done.push(end)
      listener?.ended?.(step.id, end)
      return true
    } catch (error) {
      fail(step.id, error, since)
      return false
    }
  }
  for (const planned of plan) ends.set(planned.step.id, take(planned))
  await Promise.all([...ends.values(), ...prepared.values()])
  return { done, failed, notStarted, times }
}

const carryOut = async ({ step, action, askAgain }: PlannedStep, context: Context): Promise<StepResult['result']> => {
  if (action === 'remove') {
    await step.down(context)
    return 'removed'
  }
  const status = askAgain ? await statusOf(step, context) : undefined
  if (status?.state === 'ready') return 'unchanged'
  if ((await step.up(context)) === 'unchanged') return 'unchanged'
  const there = action === 'update' || status?.state === 'changed' || status?.state === 'broken'
  return there ? 'updated' : 'created'
}

/** What every step did last, its end included, and when: a step may wait for what another one brings. */
type Moves = Map<string, { readonly line: string; readonly at: number }>

/** Runs with a context whose signal ends at the user's stop and, a little after the step's own waits should have, at its time. */
const timed = async <T>(
  options: WalkOptions,
  moves: Moves,
  work: (context: Context) => Promise<T>,
  id: string,
): Promise<T> => {
  const move = (line: string): void => {
    if (moves.get(id)?.line !== line) moves.set(id, { line, at: performance.now() })
  }
  move('')
  const time = { ...options, of: id, last: () => moves.get(id)?.line ?? '' }
  try {
    return await withinTime(time, (signal) => {
      const context = contextOf({ ...options, signal }, id)
      return work({
        ...context,
        endsAt: performance.now() + options.timeoutMs,
        quietElsewhereMs: () => {
          const others = [...moves].flatMap(([other, { at }]) => (other === id ? [] : [at]))
          return others.length === 0 ? Infinity : performance.now() - Math.max(...others)
        },
        report: (line) => {
          if (moves.get(id)?.line === '') options.fault?.(id, 'middle')
          move(line)
          context.report(line)
        },
      })
    })
  } finally {
    move('ended')
  }
}

/** The context that a walk gives the step of that id. */
export const contextOf = (options: WalkOptions, id: string): Context => ({
  signal: options.signal,
  timeoutMs: options.timeoutMs,
  report: (line) => options.listener?.reported?.(id, line),
  warn: (text) => options.warn?.(id, text),
})

const secondsSince = (since: number): number => secondsBetween(since, performance.now())
const secondsBetween = (from: number, to: number): number => Math.round(to - from) / 1000
