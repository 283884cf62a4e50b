import { readId } from '../../core/identity.ts'
import type { Context, Status, Step } from '../../core/step.ts'

type Options = Partial<Omit<Step, 'id' | 'of' | 'status'>> & { readonly status?: Status | (() => Promise<Status>) }

/** A step for tests of plans and walks: ready nowhere, does nothing, unless said otherwise. */
export const step = (id: string, options: Options = {}): Step => {
  const { status = { state: 'absent' }, ...rest } = options
  return {
    id,
    of: readId(id),
    title: `the ${id}`,
    dies: 'with-cluster',
    up: async () => undefined,
    down: async () => undefined,
    ...rest,
    status: typeof status === 'function' ? status : async () => status,
  }
}

/** A context whose reports and warnings can be read. */
export const context = (
  signal: AbortSignal = new AbortController().signal,
): Context & { reports: string[]; warnings: string[] } => {
  const reports: string[] = []
  const warnings: string[] = []
  return {
    signal,
    // No test is to be red because a machine is slow: a helm took longer than ten seconds on a busy one.
    timeoutMs: 120_000,
    reports,
    warnings,
    report: (line) => void reports.push(line),
    warn: (text) => void warnings.push(text),
  }
}
