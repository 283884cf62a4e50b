import { changesSomething, type Plan } from '../core/plan.ts'
import { liveProgress } from '../core/print/live-progress.ts'
import { plainProgress } from '../core/print/plain-progress.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { walk, type Outcome, type StepResult, type WalkOptions } from '../core/walk.ts'
import { failureOf } from './steps-failed.ts'

/** Walks with progress for whoever looks on; `passing`: nothing of it is left once all went well; `walked` is told how it went, a failed one too. Throws StepsFailed, with what was done before. */
export const walkShown = async (
  plan: Plan,
  options: WalkOptions,
  terminal: Terminal,
  name: string,
  shown: { readonly passing?: boolean; readonly walked?: (outcome: Outcome) => void } = {},
): Promise<readonly StepResult[]> => {
  const live = terminal.live && changesSomething(plan) ? await liveProgress(plan, terminal, shown) : undefined
  const isFolded = !live && shown.passing !== true && changesSomething(plan)
  // What went well is folded away; why something failed is said behind it, and last.
  const unfold = isFolded ? terminal.group?.(`${name}: ${plan.length} steps`) : undefined
  const walking = walk(plan, { ...options, listener: live?.listener ?? plainProgress(plan, terminal, shown) })
  const outcome = await walking.finally(unfold)
  await live?.shown
  shown.walked?.(outcome)
  if (outcome.failed.length > 0 || outcome.notStarted.length > 0) throw failureOf(outcome, name)
  const order = plan.map(({ step }) => step.id)
  return outcome.done.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
}
