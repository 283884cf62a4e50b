import type { Diagnosis } from '../../cluster/diagnose/diagnosis.ts'
import { failureLogs } from './failure-logs.ts'
import type { Page } from './page.ts'

/** The likeliest causes, and the logs of what is not ready. */
export const whyOfDiagnosis = (diagnosis: Diagnosis): Pick<Page, 'causes' | 'logs'> => ({
  causes: diagnosis.causes.map(({ about, cause, evidence, hints }) => ({
    message: `${about.join(', ')}: ${cause}`,
    problems: [],
    hints,
    evidence,
  })),
  logs: failureLogs(diagnosis),
})
