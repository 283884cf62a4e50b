import { factsOf } from '../../core/assess.ts'
import type { Plan } from '../../core/plan.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import type { Endpoint } from '../../core/step.ts'
import { contextOf, type StepResult } from '../../core/walk.ts'
import type { App, WalkFlags } from '../app.ts'
import type { Environment } from '../environment.ts'
import { writeLaterHosts } from '../host-names.ts'
import { takeSessionLock, type SessionLock } from '../session-lock.ts'
import { applyPlan, type ShownDownloads } from '../apply.ts'
import { sayReport } from '../report.ts'
import { StepsFailed } from '../steps-failed.ts'
import { patiently } from './patiently.ts'
import type { Screen } from './screen.ts'
import type { Readiness } from './readiness.ts'
import { syncHeld } from './sync-held.ts'
import { walkAgain } from './walk-again.ts'
import type { Task } from './walking.ts'

/** As other runs are told who has the cluster. */
const watchCommand = 'kindup up --watch'

export type Dependencies = {
  readonly app: App
  readonly flags: WalkFlags
  readonly terminal: Terminal
  readonly downloads: ShownDownloads
  readonly screen: Screen
  readonly readiness: Readiness
  /** Host names that only the cluster could tell. */
  readonly laterHosts: Set<string>
}

type Walk = { readonly task: Task; readonly signal: AbortSignal; readonly planned: (plan: Plan) => Plan }

/** The walk that `up` itself is, with its report. `isFirst`: questions may be asked. */
export const carryOutWhole = async (
  { task, signal, planned }: Walk,
  dependencies: Dependencies,
  isFirst: boolean,
): Promise<readonly StepResult[]> => {
  const { app, flags, terminal, downloads, screen, readiness } = dependencies
  const { environment, since: started } = task
  const rendered = new Set(environment.hostNames)
  const lock = await takeSessionLock(environment, app, watchCommand)
  const report = await keepingWhatIsDone(task, readiness, async () =>
    applyPlan({ app, flags, terminal, environment, lock, downloads, started, signal, planned, asks: isFirst }),
  )
  for (const host of environment.hostNames) if (!rendered.has(host)) dependencies.laterHosts.add(host)
  sayReport(report, terminal, { json: false })
  screen.known(report.warnings, report.endpoints)
  return report.steps
}

/** A walk after a save: of what it changed, and of nothing else. Waits while another run has the cluster. */
export const carryOutSave = async (
  { task, signal, planned }: Walk,
  dependencies: Dependencies,
): Promise<readonly StepResult[]> => {
  const { app, flags, terminal, screen, readiness, laterHosts } = dependencies
  const { environment } = task
  for (const host of laterHosts) environment.hostNames.add(host)
  const lock = await patiently(() => takeSessionLock(environment, app, watchCommand), {
    signal,
    timeoutMs: flags.timeout,
    say: screen.note,
  })
  const walk = async () => {
    try {
      const round = { app, flags, terminal, environment, lock, readiness, signal, planned, warn: screen.warn }
      const options = { signal, timeoutMs: flags.timeout, warn: (_id: string, text: string) => screen.warn(text) }
      const synced = await syncHeld(environment, options)
      const isRest = environment.steps.some((step) => !readiness.isSettled(step, environment))
      const walked =
        isRest || synced.length === 0 ? await keepingWhatIsDone(task, readiness, () => walkAgain(round)) : []
      const steps = [...synced, ...walked]
      const at = performance.now()
      // All is done: a stop or a newer save now cuts nothing short.
      const endpoints = await learnMore(task, steps, { ...dependencies, signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
        return []
      })
      return { steps, at, endpoints }
    } finally {
      await release(environment, lock)
    }
  }
  const { steps, at, endpoints } = await walk()
  // Not before the cluster is free: who reads that a save is carried out may start another command.
  screen.done(task, steps, at)
  screen.endpoints(endpoints)
  return steps
}

const keepingWhatIsDone = async <T extends readonly StepResult[] | { readonly steps: readonly StepResult[] }>(
  { environment }: Task,
  readiness: Readiness,
  walk: () => Promise<T>,
): Promise<T> => {
  try {
    const walked = await walk()
    readiness.done(environment, 'steps' in walked ? walked.steps : walked)
    return walked
  } catch (error) {
    if (error instanceof StepsFailed) readiness.done(environment, error.steps)
    throw error
  }
}

const release = async ({ cluster }: Environment, lock: SessionLock): Promise<void> => {
  await cluster.settled()
  await lock.release()
}

/** What the changed steps let the user reach: writes names that are found now, and answers addresses. */
const learnMore = async (
  { environment }: Task,
  steps: readonly StepResult[],
  { flags, screen, laterHosts, signal }: Dependencies & { readonly signal: AbortSignal },
): Promise<readonly Endpoint[]> => {
  const changed = new Set(steps.filter(({ result }) => result !== 'unchanged').map(({ id }) => id))
  const options = { signal, timeoutMs: flags.timeout, warn: (_id: string, text: string) => screen.warn(text) }
  const facts = await factsOf(
    environment.steps.filter(({ id }) => changed.has(id)),
    ({ id }) => contextOf(options, id),
  )
  for (const host of facts.hosts) if (!environment.hostNames.has(host)) laterHosts.add(host)
  await writeLaterHosts(environment, facts.hosts, contextOf(options, 'hosts'))
  return facts.endpoints
}
