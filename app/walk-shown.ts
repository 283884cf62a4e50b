import { changesSomething, type Plan } from '../core/plan.ts'
import { liveProgress } from '../core/print/live-progress.ts'
import { plainProgress } from '../core/print/plain-progress.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { noteTimes, usualTimes } from '../core/usual-times.ts'
import { walk, type Outcome, type StepResult, type WalkOptions } from '../core/walk.ts'
import { failureOf } from './steps-failed.ts'

/** Walks with progress for whoever looks on; `passing`: nothing of it is left once all went well; `walked` is told how it went, a failed one too; `times`: the folder that knows what steps usually take here. Throws StepsFailed, with what was done before. */
export const walkShown = async (
  plan: Plan,
  options: WalkOptions,
  terminal: Terminal,
  name: string,
  shown: {
    readonly passing?: boolean
    readonly walked?: (outcome: Outcome) => void
    readonly times?: string
  } = {},
): Promise<readonly StepResult[]> => {
  const { times, passing = false } = shown
  const isLive = terminal.live && changesSomething(plan)
  const usual = isLive && times !== undefined ? await usualTimes(times, name, plan) : undefined
  const live = isLive ? await liveProgress(plan, terminal, { passing, ...(usual && { usual }) }) : undefined
  const isFolded = !live && !passing && changesSomething(plan)
  // What went well is folded away; why something failed is said behind it, and last.
  const unfold = isFolded ? terminal.group?.(`${name}: ${plan.length} steps`) : undefined
  const walking = walk(plan, { ...options, listener: live?.listener ?? plainProgress(plan, terminal, shown) })
  const outcome = await walking.finally(unfold)
  await live?.shown
  shown.walked?.(outcome)
  if (times !== undefined) await noteTimes(times, name, plan, outcome)
  if (outcome.failed.length > 0 || outcome.notStarted.length > 0) throw failureOf(outcome, name)
  const order = plan.map(({ step }) => step.id)
  return outcome.done.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
}
