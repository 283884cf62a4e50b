import { shown } from '../../core/shown-command.ts'
import { exit, KindupError, messageOf } from '../../core/errors.ts'
import type { Outcome } from '../../core/walk.ts'
import type { SmokeResult } from '../../services/smoke/smoke.ts'
import type { App } from '../app.ts'
import type { Environment } from '../environment.ts'
import { whatCame, type UpReport } from '../report.ts'
import { StepsFailed } from '../steps-failed.ts'
import { version } from '../version.ts'
import { failureLogs } from './failure-logs.ts'
import { credentialLine, environmentParts } from './of-environment.ts'
import type { Mark, Page, StepLine, Cause } from './page.ts'
import { timelineOf } from './timeline-of.ts'
import { shortPath } from '../../core/print/error-page.ts'
import type { Problem } from '../../core/problem.ts'

/** What is known of a run once it has ended. */
export type RunSeen = {
  /** The cluster's name, where the file tells one. */
  readonly name?: string
  readonly environment?: Environment
  readonly outcome?: { readonly outcome: Outcome; readonly ahead: number }
  readonly report?: UpReport
  readonly smoke?: readonly SmokeResult[]
  /** In seconds. */
  readonly seconds: number
  readonly error?: unknown
}

/** The page of a run, however it ended. Passwords are in it as whoever shows it has them taken out. */
export const pageOfRun = async (app: Pick<App, 'argv' | 'cwd' | 'signal'>, seen: RunSeen): Promise<Page> => {
  const { name = 'kindup', environment, outcome, report, error } = seen
  const failure = error instanceof StepsFailed ? error : undefined
  const parts = environment ? await environmentParts(environment, app.signal) : { nodes: [], workloads: [] }
  return {
    name,
    command: commandOf(app.argv),
    version: version(),
    at: new Date().toISOString(),
    verdict: verdictOf(seen),
    causes: error === undefined ? [] : causesOf(error, app.cwd),
    ...(failure?.diagnosis && { folder: failure.diagnosis.folder }),
    ...(outcome && { timeline: timelineOf(outcome.outcome, outcome.ahead) }),
    steps: (report?.steps ?? failure?.ends ?? []).map(stepLine),
    ...parts,
    endpoints: report?.endpoints ?? [],
    credentials: (report?.credentials ?? []).map((one) => credentialLine(one, { shown: true })),
    smoke: seen.smoke ?? environment?.smoke ?? [],
    warnings: report?.warnings ?? [],
    logs: failure?.diagnosis ? failureLogs(failure.diagnosis) : [],
  }
}

/** Values of flags may be passwords. */
export const commandOf = (argv: readonly string[]): string =>
  shown(
    'kindup',
    argv.map((word) => (word.includes('=') ? `${word.slice(0, word.indexOf('='))}=…` : word)),
  )

const verdictOf = ({ report, smoke, seconds, error }: RunSeen): Page['verdict'] => {
  const took = `${seconds.toFixed(1)} s`
  if (error instanceof KindupError && error.exitCode === exit.stopped)
    return { mark: 'doubtful', text: `stopped after ${took}` }
  if (error !== undefined) return { mark: 'failed', text: `failed after ${took}` }
  if (report) return { mark: 'well', text: whatCame(report) }
  const results = smoke ?? []
  const failed = results.filter(({ ok }) => !ok).length
  if (results.length === 0) return { mark: 'doubtful', text: 'has no smoke tests' }
  return {
    mark: failed > 0 ? 'failed' : 'well',
    text: `${results.length - failed} smoke tests passed, ${failed} failed (${took})`,
  }
}

const stepLine = (step: StepsFailed['ends'][number]): StepLine => ({
  id: step.id,
  state: step.result === 'not-started' ? 'not started' : step.result,
  mark: markOf(step.result),
  why: step.message?.split('\n', 1)[0] ?? '',
})

const markOf = (result: StepsFailed['ends'][number]['result']): Mark =>
  result === 'failed' ? 'failed' : result === 'not-started' ? 'doubtful' : 'well'

/** An error as the terminal tells it: each of several causes with its problems and hints, and none of them twice. */
const causesOf = (error: unknown, cwd: string): readonly Cause[] => {
  if (!(error instanceof KindupError))
    return [{ message: `This is a defect in kindup: ${messageOf(error)}`, problems: [], hints: [], evidence: [] }]
  const said = new Set<unknown>()
  const unsaid = <T>(some: readonly T[] = []): readonly T[] => some.filter((one) => !said.has(one) && said.add(one))
  const parts = error.parts.length > 0 ? error.parts : [{ message: error.message, hints: [] }]
  const causes = parts.map(({ message, hints, problems }) => ({
    message,
    problems: unsaid(problems).map((problem) => problemLine(problem, cwd)),
    hints: unsaid(hints),
    evidence: [],
  }))
  const rest = { problems: unsaid(error.problems).map((one) => problemLine(one, cwd)), hints: unsaid(error.hints) }
  const last = causes.at(-1)
  if (!last) return causes
  return [
    ...causes.slice(0, -1),
    { ...last, problems: [...last.problems, ...rest.problems], hints: [...last.hints, ...rest.hints] },
  ]
}

const problemLine = ({ at, message, hint }: Problem, cwd: string): Cause['problems'][number] => ({
  ...(at && !message.startsWith(`${at.file}:`) && { place: shortPath(at, cwd) }),
  message,
  ...(hint !== undefined && { hint }),
})
