import { StoppedError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan.ts'
import type { StepResult } from '../../core/walk.ts'
import type { Environment } from '../environment.ts'

/** What a save asked for. */
export type Task = {
  readonly environment: Environment
  /** Of what it is made from: the same one would be the same walk. */
  readonly hash: string
  readonly paths: readonly string[]
  /** When the save was, as performance.now(). */
  readonly since: number
}

/** How a walk ended. */
export type Ended = { readonly task: Task } & (
  | { readonly steps: readonly StepResult[] }
  | { readonly error: unknown }
  /** A newer save took its place. */
  | { readonly superseded: true }
)

/** A walk that goes on beside the watch. */
export type Walking = {
  readonly task: Task
  /**
   * Ends it for a newer save, as Ctrl-C would: what it began is gone on with by the next walk. While a cluster is being
   * made it goes on: that takes longer than all the rest, and would be begun again.
   */
  stop(): void
  readonly isStopped: () => boolean
}

type Work = (signal: AbortSignal, planned: (plan: Plan) => Plan) => Promise<readonly StepResult[]>

/** Begins a walk; `ended` is told once, whatever becomes of it. */
export const startWalking = (task: Task, signal: AbortSignal, work: Work, ended: (end: Ended) => void): Walking => {
  const newer = new AbortController()
  const making = new Set<string>()
  let isWanted = true
  const stop = (): void => {
    isWanted = false
    if (making.size === 0) newer.abort(new StoppedError('A newer save took its place.'))
  }
  /** Steps of the cluster itself are not cut short. */
  const planned = (plan: Plan): Plan =>
    plan.map((one) => {
      const { step, action } = one
      if (step.of.kind !== 'cluster' || action === 'none') return one
      making.add(step.id)
      const up = async (...args: Parameters<typeof step.up>) => {
        try {
          return await step.up(...args)
        } finally {
          making.delete(step.id)
          if (!isWanted) stop()
        }
      }
      return { ...one, step: { ...step, up } }
    })
  work(AbortSignal.any([signal, newer.signal]), planned).then(
    (steps) => ended({ task, steps }),
    (error: unknown) => ended(newer.signal.aborted && !signal.aborted ? { task, superseded: true } : { task, error }),
  )
  return { task, stop, isStopped: () => !isWanted }
}
