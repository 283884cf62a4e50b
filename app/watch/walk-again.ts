import { assess } from '../../core/assess.ts'
import { EnvironmentError, KindupError } from '../../core/errors.ts'
import { cacheFolder } from '../../core/paths.ts'
import { changesSomething, makePlan, type Plan } from '../../core/plan.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import type { Status } from '../../core/step.ts'
import { contextOf, type StepResult, type WalkOptions } from '../../core/walk.ts'
import type { App, WalkFlags } from '../app.ts'
import { checkHost } from '../check-host.ts'
import type { Environment } from '../environment.ts'
import type { SessionLock } from '../session-lock.ts'
import { removalsOf } from '../removals.ts'
import { maskSecrets } from '../report.ts'
import { walkShown } from '../walk-shown.ts'
import type { Readiness } from './readiness.ts'

/** A walk after a save. */
export type Round = {
  readonly app: App
  readonly flags: WalkFlags
  readonly terminal: Terminal
  readonly environment: Environment
  readonly lock: SessionLock
  readonly readiness: Readiness
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
  readonly planned: (plan: Plan) => Plan
}

/**
 * Makes so what the save changed and asks nobody about the rest. Where the cluster turns out to be away, everything is
 * looked at once more: it was stopped, or made again. Throws StepsFailed; `cluster-absent` where there is none any more.
 */
export const walkAgain = async (round: Round): Promise<readonly StepResult[]> => {
  const { access } = round.environment.kept
  access.reread()
  maskSecrets(round.environment, round.terminal)
  try {
    return await walkOnce(round)
  } catch (error) {
    // Another cluster has none of the files that went into containers of this one.
    const isHeld = (round.environment.read?.held.size ?? 0) > 0
    if (round.signal.aborted || isHeld || !isAway(error)) throw error
    round.readiness.forget()
    access.forget()
    return await walkOnce(round)
  } finally {
    maskSecrets(round.environment, round.terminal)
  }
}

const walkOnce = async (round: Round): Promise<readonly StepResult[]> => {
  const { app, flags, environment, lock, readiness, signal, warn } = round
  const { config, cluster } = environment
  const options: WalkOptions = {
    signal: AbortSignal.any([signal, lock.lost]),
    timeoutMs: flags.timeout,
    warn: (_id, text) => warn(text),
  }
  const contextFor = ({ id }: { readonly id: string }) => contextOf(options, id)
  const steps = readiness.settled(environment)
  const statuses = await assess(steps, contextFor)
  refuseAbsent(statuses, config.name)
  await lock.takeIfThere(statuses, contextFor({ id: 'lease' }))
  const removals = await removalsOf(environment, statuses, contextFor({ id: 'record' }))
  const plan = round.planned(makePlan(steps.map(lock.over), statuses, removals))
  if (plan.some(({ step, action }) => step.of.kind === 'cluster' && action !== 'none')) {
    await checkHost(environment, app, warn)
    if (changesSomething(plan)) await cluster.takeMarker()
  }
  return walkShown(plan, options, round.terminal, config.name, { passing: true, times: cacheFolder(app.env) })
}

/** A save is no reason to make a cluster that somebody has deleted. */
const refuseAbsent = (statuses: ReadonlyMap<string, Status>, name: string): void => {
  if (statuses.get('cluster/api')?.state === 'absent')
    throw new EnvironmentError('cluster-absent', `There is no cluster ${name} any more.`, {
      hints: ['kindup up   # makes it again'],
    })
}

const away = ['api-unreachable', 'cluster-absent', 'kubeconfig']

/** Whether the cluster may be elsewhere, or not running: nothing of the steps themselves. */
export const isAway = (error: unknown): boolean =>
  error instanceof KindupError && (away.includes(error.code) || isAway(error.cause))
