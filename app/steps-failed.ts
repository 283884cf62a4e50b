import { exit, KindupError, messageOf, StoppedError, type ExitCode, type Part } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { Outcome, StepResult } from '../core/walk.ts'
import type { Diagnosis } from '../cluster/diagnose/diagnosis.ts'
import { fullDisk } from '../core/full-disk.ts'

/** A walk that did not get to its end, with what it had done before. */
export class StepsFailed extends KindupError {
  readonly steps: readonly StepResult[]
  /** What came of every step of the plan, and how long it took. */
  readonly ends: readonly StepEnd[]
  /** What was seen of the cluster then, where somebody looked. */
  readonly diagnosis: Diagnosis | undefined

  constructor(
    code: string,
    exitCode: ExitCode,
    message: string,
    details: {
      hints: readonly string[]
      steps: readonly StepResult[]
      ends?: readonly StepEnd[]
      diagnosis?: Diagnosis
      problems?: KindupError['problems']
      parts?: KindupError['parts']
      cause?: unknown
    },
  ) {
    super(code, exitCode, message, details)
    this.steps = details.steps
    this.ends = details.ends ?? []
    this.diagnosis = details.diagnosis
  }
}

/** What came of one step. */
type StepEnd = Pick<StepResult, 'id'> & {
  readonly result: StepResult['result'] | 'failed' | 'not-started'
  readonly seconds?: number
  /** Why it failed. */
  readonly message?: string
  readonly code?: string
}

const endsOf = ({ done, failed, notStarted }: Omit<Outcome, 'times'>): readonly StepEnd[] => [
  ...done,
  ...failed.map(({ id, error, seconds }) => ({
    id,
    result: 'failed' as const,
    seconds,
    message: messageOf(error),
    ...(error instanceof KindupError && { code: error.code }),
  })),
  ...notStarted.map((id) => ({ id, result: 'not-started' as const })),
]

/** The same failure, with what was seen of the cluster: what lies deeper than any step, and none of them said, comes first. */
export const diagnosed = (error: StepsFailed, diagnosis: Diagnosis): StepsFailed => {
  const [first] = diagnosis.causes
  const { code, exitCode, message, hints, steps, ends, problems, cause } = error
  const isNews = first && first.depth !== 'workload' && first.depth !== 'way' && !message.includes(first.cause)
  const isWhy = isNews && !ends.every(isOfThisMachine) && (first.depth !== 'node' || ends.some(isNodesDone))
  const likely = isWhy
    ? [{ message: `Likely cause: ${first.about.slice(0, 3).join(', ')}: ${first.cause}`, hints: first.hints }]
    : []
  const parts = error.parts.length > 0 || likely.length === 0 ? error.parts : [{ message, hints: [] }]
  return new StepsFailed(code, exitCode, message, {
    hints: [...new Set([...likely.flatMap((part) => part.hints), ...hints])],
    parts: [...likely, ...parts],
    steps,
    ends,
    problems,
    cause,
    diagnosis,
  })
}

/** What fails before anything asks a cluster: nothing that is wrong there can be why. */
const ofThisMachine: ReadonlySet<string> = new Set([
  'build-failed',
  'chart-unreachable',
  'disk-full',
  'hook-failed',
  'hosts-file',
  'kubeconfig',
  'not-rendered',
  'port-taken',
  'sops-failed',
  'tool-missing',
])

const isOfThisMachine = ({ result, code = '' }: StepEnd): boolean => result !== 'failed' || ofThisMachine.has(code)

/** Before that nobody has waited for nodes, and what they lack may be on its way. */
const isNodesDone = ({ id, result }: StepEnd): boolean => id === 'cluster/nodes' && result !== 'not-started'

/** The error for an outcome with failures. A failure that is a defect is thrown as it is. */
export const failureOf = (walked: Omit<Outcome, 'times'>, name: string): Error => {
  const outcome = {
    ...walked,
    failed: walked.failed.map((one) => ({ ...one, error: fullDisk(one.error) ?? one.error })),
  }
  const defect = outcome.failed.find(({ error }) => !(error instanceof KindupError))
  if (defect) return defect.error instanceof Error ? defect.error : new Error(String(defect.error))
  const errors = outcome.failed.flatMap(({ id, error }) =>
    error instanceof KindupError && !(error instanceof StoppedError) ? [{ id, error }] : [],
  )
  const again = [`\`kindup up\` goes on from there; \`kindup down --name ${name}\` takes everything away.`]
  const steps = outcome.done
  if (errors.length === 0) {
    const rest = outcome.failed.length + outcome.notStarted.length
    return new StepsFailed('stopped', exit.stopped, `Stopped: ${count(steps.length, 'step')} done, ${rest} left.`, {
      hints: again,
      steps,
      ends: endsOf(outcome),
    })
  }
  const parts = causesOf(errors)
  const message = parts.map((part) => part.message).join('\n')
  return new StepsFailed(
    errors.length === 1 ? (errors[0]?.error.code ?? 'step-failed') : 'step-failed',
    errors.some(({ error }) => error.exitCode === exit.usage) ? exit.usage : exit.failed,
    message,
    {
      hints: [...new Set(parts.flatMap(({ hints }) => hints)), ...again],
      ...(parts.length > 1 ? { parts } : {}),
      problems: distinct(errors.flatMap(({ error }) => error.problems)),
      steps,
      ends: endsOf(outcome),
      cause: errors[0]?.error,
    },
  )
}

/** Each cause once, the one that stopped most first; the steps that it stopped in one line. */
const causesOf = (errors: readonly { readonly id: string; readonly error: KindupError }[]): readonly Part[] => {
  const groups = Map.groupBy(errors, ({ id, error }) => bare(id, error.message))
  return [...groups]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([cause, [first, ...more]]) => {
      const all = [first, ...more].flatMap((one) => one ?? [])
      const hints = [...new Set(all.flatMap(({ error }) => error.hints))]
      const problems = all.flatMap(({ error }) => error.problems)
      if (first && more.length === 0)
        return {
          message: first.error.message.startsWith(first.id) ? first.error.message : `${first.id}: ${cause}`,
          hints,
          problems,
        }
      const ids = new Intl.ListFormat('en', { type: 'conjunction' }).format(all.map(({ id }) => id))
      return { message: `${cause}\n  It stops ${ids}.`, hints, problems }
    })
}

/** What went wrong, without the step that it went wrong in. */
const bare = (id: string, message: string): string =>
  message.startsWith(`${id}: `) ? message.slice(id.length + 2) : message

const distinct = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((one) => [JSON.stringify([one.at, one.message, one.hint]), one])).values(),
]

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
