import { KindupError, messageOf } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { StepResult } from '../core/walk.ts'
import type { Diagnosis } from '../cluster/diagnose/diagnosis.ts'
import { StepsFailed } from '../app/steps-failed.ts'

/** Causes as documents have them. */
export const shownCauses = ({ causes }: Diagnosis): readonly object[] =>
  causes.map(({ about, cause, evidence, hints }) => ({ about, cause, evidence, hints }))

/** The document of any failure, as in the contract. */
export const errorDocument = (
  thrown: unknown,
): { error: object; steps?: readonly StepResult[]; diagnosis?: object } => {
  if (!(thrown instanceof KindupError))
    return { error: { code: 'defect', message: messageOf(thrown), hints: [], problems: [] } }
  return {
    error: {
      code: thrown.code,
      message: thrown.message,
      hints: thrown.hints,
      problems: thrown.problems.map(({ message, at, hint, also }: Problem) => ({
        message,
        at: at ?? null,
        hint: hint ?? null,
        ...(also ? { also } : {}),
      })),
    },
    ...(thrown instanceof StepsFailed ? { steps: thrown.steps } : {}),
    ...(thrown instanceof StepsFailed && thrown.diagnosis
      ? { diagnosis: { folder: thrown.diagnosis.folder, causes: shownCauses(thrown.diagnosis) } }
      : {}),
  }
}
