import type { Finding } from '../../cluster/diagnose/finding.ts'
import type { Config } from '../../config/config.ts'
import { exit, KindupError } from '../../core/errors.ts'
import { contextOf } from '../../core/walk.ts'
import { accessOf } from '../access-of.ts'
import type { App } from '../app.ts'
import { engineOf } from '../engine-of.ts'
import type { Environment } from '../environment.ts'
import { diagnosed, StepsFailed } from '../steps-failed.ts'
import { readId } from '../../core/identity.ts'

/** Who waits for the page of a failure waits no longer than this for what is to be seen of it. */
const patienceMs = 30_000

type Run = {
  readonly app: App
  readonly config: Config
  /** Undefined as long as it is not open. */
  readonly environment: () => Environment | undefined
}

/** Does the work; where it fails, by its steps or before any of them, what is to be seen is written down and comes with the error. */
export const diagnosing = async <T>(run: Run, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof KindupError) || error.exitCode === exit.stopped || run.app.signal.aborted) throw error
    if (error instanceof StepsFailed && error.diagnosis) throw error
    if (error instanceof StepsFailed) throw await withDiagnosis(run, error)
    // A mistake in the file is told with its place.
    if (error.exitCode !== exit.failed || isAnswer.has(error.code)) throw error
    // The look at the engine says the same.
    const own = error.code === 'engine-unreachable' ? [] : [before(error)]
    throw await withDiagnosis(run, beforeSteps(error), own)
  }
}

/** What no look at machine or cluster explains: somebody's turn, or a question that was not answered. */
const isAnswer: ReadonlySet<string> = new Set([
  'busy',
  'locked',
  'name-taken',
  'no-terminal',
  'not-confirmed',
  'not-ours',
  'recreate-needed',
])

const beforeSteps = (error: KindupError): StepsFailed => {
  const { code, exitCode, message, hints, problems, parts } = error
  return new StepsFailed(code, exitCode, message, { hints, problems, parts, steps: [], cause: error })
}

/** What failed before anything was made is itself the likely cause. */
const before = ({ message, hints }: KindupError): Finding => ({
  about: '`up`',
  cause: message.replace(/\.$/, ''),
  evidence: [],
  hints,
  depth: 'machine',
})

/** Why the cluster could not be made, where that is what failed. */
const unmade = ({ ends, parts, hints }: StepsFailed): Finding | undefined => {
  const { id, message } =
    ends.find(({ id: step, result }) => result === 'failed' && readId(step).kind === 'cluster') ?? {}
  if (id === undefined || message === undefined) return undefined
  const [first = '', ...more] = message.split('\n').map((line) => line.trim())
  const own = parts.find((part) => part.message.includes(first))
  return {
    about: id,
    cause: first.replace(/\.$/, ''),
    evidence: more.filter((line) => line !== '').slice(-6),
    hints: own?.hints ?? hints,
    depth: 'machine',
  }
}

const withDiagnosis = async (
  { app, config, environment }: Run,
  error: StepsFailed,
  findings: readonly Finding[] = [],
): Promise<StepsFailed> => {
  const open = environment()
  const signal = AbortSignal.any([app.signal, AbortSignal.timeout(patienceMs)])
  const engine = open?.cluster.engine ?? engineOf(app, config.cluster.engine)
  const { context } = config.cluster
  const subject = { name: config.name, ...(context !== undefined && { context }) }
  const cause = unmade(error)
  try {
    const { writeDiagnosis } = await import('./write-diagnosis.ts')
    const diagnosis = await writeDiagnosis(
      app,
      {
        name: config.name,
        ...(context === undefined ? { engine } : {}),
        kube: () =>
          open
            ? open.cluster.kube(contextOf({ signal, timeoutMs: patienceMs }, 'diagnose'))
            : accessOf(app, subject, engine, signal).kube(),
        secrets: open?.secrets.hidden.texts ?? [],
        files: {
          // Which texts in it are secret is known once it is open.
          ...(open && {
            'kindup.yaml': app.looks.files(config.file)?.toString('utf8') ?? '',
            'settings.json': JSON.stringify(open.settings, undefined, 2),
          }),
          'plan.json': JSON.stringify(error.ends, undefined, 2),
          'commands.log': app.ran.join('\n'),
        },
        findings,
        ...(cause && { unmade: cause }),
        // The sentence is the cause already.
        ...(findings.length === 0 && { failed: error.message }),
      },
      signal,
    )
    return diagnosed(error, diagnosis)
  } catch (thrown) {
    // The failure itself is what has to be told.
    if (thrown instanceof KindupError || signal.aborted) return error
    throw thrown
  }
}
