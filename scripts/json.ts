import { KindupError, messageOf } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { StepResult } from '../core/walk.ts'
import { StepsFailed } from '../app/steps-failed.ts'

/** The document of any failure, as in the contract. */
export const errorDocument = (thrown: unknown): { error: object; steps?: readonly StepResult[] } => {
  if (!(thrown instanceof KindupError))
    return { error: { code: 'defect', message: messageOf(thrown), hints: [], problems: [] } }
  return {
    error: {
      code: thrown.code,
      message: thrown.message,
      hints: thrown.hints,
      problems: thrown.problems.map(({ message, at, hint }: Problem) => ({
        message,
        at: at ?? null,
        hint: hint ?? null,
      })),
    },
    ...(thrown instanceof StepsFailed ? { steps: thrown.steps } : {}),
  }
}
