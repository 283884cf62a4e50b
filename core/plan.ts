import { KindupError } from './errors.ts'
import { inOrder } from './order.ts'
import type { Status, Step } from './step.ts'

type Action = 'create' | 'update' | 'remove' | 'none'

export type PlannedStep = {
  readonly step: Step
  readonly action: Action
  /** Why, in a few words: what changed, what is broken, what could not be asked. */
  readonly reason: string
  /** Nobody could ask how it stands: the walk asks again once its needs are ready. */
  readonly askAgain: boolean
  /** What `up` says instead: it begins nothing then. */
  readonly refusal?: KindupError
  /** As far as anybody can tell, the action is carried out. */
  readonly isDue: boolean
}

/** A recorded step that the file no longer has, and what taking it away means. */
export type Removal = Step & { readonly reason?: string }

/** What a walk will do, in an order in which every step stands behind its needs. */
export type Plan = readonly PlannedStep[]

/**
 * Steps of the file with their statuses, and recorded steps that the file no longer has.
 * Removals come before everything that lives in the cluster, so that an old thing never stands in the way of a new one.
 * `made`: ids of steps that an earlier run made, which are not created again.
 */
export const makePlan = (
  steps: readonly Step[],
  statuses: ReadonlyMap<string, Status>,
  removals: readonly Removal[] = [],
  made: ReadonlySet<string> = new Set(),
): Plan => {
  const removed = removals.map(({ id }) => id)
  const reasons = new Map(removals.map(({ id, reason }) => [id, reason]))
  const kept = steps.map((step) =>
    step.dies === 'with-cluster' && removed.length > 0 && step.of.kind !== 'cluster'
      ? { ...step, needs: [...(step.needs ?? []), ...removed] }
      : step,
  )
  return inOrder([...kept, ...removals]).map((step) =>
    removed.includes(step.id)
      ? {
          step,
          action: 'remove',
          reason: reasons.get(step.id) ?? 'the file no longer has it',
          askAgain: false,
          isDue: true,
        }
      : { step, ...actionFor(statuses.get(step.id) ?? { state: 'unknown', why: 'nobody asked' }, made.has(step.id)) },
  )
}

const actionFor = (status: Status, isMade: boolean): Omit<PlannedStep, 'step'> => {
  switch (status.state) {
    case 'ready':
      return { action: 'none', reason: 'as it should be', askAgain: false, isDue: false }
    case 'absent':
      return {
        action: 'create',
        reason: 'not there yet',
        askAgain: false,
        isDue: true,
        ...(status.refusal ? { refusal: status.refusal } : {}),
      }
    case 'changed':
      return {
        action: 'update',
        reason: status.what,
        askAgain: false,
        isDue: true,
        ...(status.refusal ? { refusal: status.refusal } : {}),
      }
    case 'broken':
      return { action: 'update', reason: status.why, askAgain: false, isDue: true }
    case 'unknown':
      return {
        action: isMade ? 'update' : 'create',
        reason: status.why,
        askAgain: true,
        isDue: status.isNew === true,
      }
  }
}

/** Whether `up` would do anything. */
export const changesSomething = (plan: Plan): boolean => plan.some(({ action }) => action !== 'none')

/** What `up` refuses of the plan, all at once and in its words; undefined when it begins. */
export const refusalOf = (plan: Plan): KindupError | undefined => {
  const refused = plan.flatMap(({ step: { id }, refusal }) => (refusal ? [{ id, refusal }] : []))
  const [first] = refused
  if (!first) return undefined
  return new KindupError(
    first.refusal.code,
    first.refusal.exitCode,
    refused.map(({ id, refusal }) => `${id}: ${refusal.message}`).join('\n'),
    {
      hints: [...new Set(refused.flatMap(({ refusal }) => refusal.hints))],
      problems: refused.flatMap(({ id, refusal }) => refusal.problems.map((problem) => ({ ...problem, step: id }))),
      cause: first.refusal,
    },
  )
}
