import { resolve } from 'node:path'
import { setExpiry } from '../cluster/expiry.ts'
import { clusterContainers } from '../cluster/kind/situation.ts'
import { kubeconfigFiles } from '../cluster/kubeconfig/default-file.ts'
import { assess } from '../core/assess.ts'
import { writeFileAtomic } from '../core/atomic-write.ts'
import { ConfigError, usageError, unlessRefused } from '../core/errors.ts'
import { changesSomething, makePlan, refusalOf, type Plan } from '../core/plan.ts'
import { faultOf } from '../core/fault.ts'
import { warningText } from '../core/print/error-page.ts'
import { cacheFolder } from '../core/paths.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { chromeTrace, criticalPath } from '../core/timeline.ts'
import { quoted } from '../core/shown-command.ts'
import { contextOf, type Outcome, type WalkOptions } from '../core/walk.ts'
import type { App, WalkFlags } from './app.ts'
import { checkHost } from './check-host.ts'
import type { Downloads, Environment } from './environment.ts'
import { gatherFacts } from './facts.ts'
import { askAboutHosts, writeLaterHosts } from './host-names.ts'
import type { SessionLock } from './session-lock.ts'
import { removalsOf } from './removals.ts'
import { maskSecrets, sayWarnings, type UpReport } from './report.ts'
import { walkShown } from './walk-shown.ts'
import { whyUnwritten } from '../core/full-disk.ts'
import { authorityFolder } from '../trust/authority.ts'
import { findAuthority } from '../trust/find-authority.ts'
import { readTrusted } from '../trust/trusted.ts'

/** One walk of `up`, and what it is to be told of. */
export type Run = {
  readonly app: App
  readonly flags: WalkFlags
  readonly terminal: Terminal
  readonly environment: Environment
  readonly lock: SessionLock
  readonly downloads: ShownDownloads
  /** When the command began, as performance.now(). */
  readonly started: number
  /** Ends the walk: the command's own signal, or that and another. */
  readonly signal: AbortSignal
  /** Told of the plan before it is walked. */
  readonly planned?: (plan: Plan) => Plan
  /** Told how the walk went, and how many seconds had passed before it began. */
  readonly walked?: (outcome: Outcome, ahead: number) => void
  /** Whether the user may be asked for sudo. Default yes. */
  readonly asks?: boolean
  /** Called when everything is done, and before another run may begin. */
  readonly ended?: (run: {
    readonly changed: boolean
    readonly signal: AbortSignal
  }) => Promise<Pick<UpReport, 'reset'>>
}

export type ShownDownloads = Downloads & {
  /** From here on the steps' own lines tell. */
  readonly hide: () => void
}

/** Walks, and tells where everything is. Throws StepsFailed, and what stands in the way before anything is changed. */
export const applyPlan = async (run: Run): Promise<UpReport> => {
  maskSecrets(run.environment, run.terminal)
  try {
    return await walkAndReport(run)
  } finally {
    maskSecrets(run.environment, run.terminal)
    // kind may still join nodes that nothing of a narrowed run waited for.
    await run.environment.cluster.settled()
    await run.lock.release()
  }
}

const walkAndReport = async ({
  app,
  flags,
  terminal,
  environment,
  lock,
  started,
  downloads,
  signal,
  planned = (plan) => plan,
  walked: told,
  asks = true,
  ended,
}: Run): Promise<UpReport> => {
  const { config, cluster, problems, steps } = environment
  if (flags.ttl !== undefined && config.cluster.context !== undefined) throw noTimeOf(config.cluster.context)
  const warnings = problems.filter(({ untilUp }) => !untilUp).map((problem) => warningText(problem, app.cwd))
  const options: WalkOptions = {
    signal: AbortSignal.any([signal, lock.lost]),
    timeoutMs: flags.timeout,
    warn: (_id, text) => void warnings.push(text),
    fault: faultOf(app.env['KINDUP_FAULT'], app.hit),
  }
  const contextFor = ({ id }: { id: string }) => contextOf(options, id)

  // Of a cluster that is there, programs are wanted only where something is to be done.
  const warn = (text: string): void => void warnings.push(text)
  const isThere = await hasContainers(environment)
  const [statuses] = await Promise.all([
    assess(steps, contextFor),
    checkHost(environment, app, warn, isThere ? 'no-programs' : undefined),
  ])
  await lock.takeIfThere(statuses, contextFor({ id: 'lease' }))
  const removals = await removalsOf(environment, statuses, contextFor({ id: 'record' }))
  const plan = planned(makePlan(steps.map(lock.over), statuses, removals))
  const refusal = refusalOf(plan)
  if (refusal) throw refusal
  if (changesSomething(plan)) {
    if (isThere) await checkHost(environment, app, warn, 'programs')
    app.looks.act()
    if (asks) await askAboutHosts(plan, environment, terminal)
    // Before anything else is made, host names alone included: `down` finds by it whatever is there with only the name.
    await cluster.takeMarker()
  }
  if (flags.ttl !== undefined) await setExpiry(await cluster.engine(), config.name, Date.now() + flags.ttl)

  downloads.hide()
  const walkBegan = performance.now()
  let outcome: Outcome | undefined
  const walked = (went: Outcome): void => {
    outcome = went
    told?.(went, (walkBegan - started) / 1000)
  }
  const writeTrace = async (): Promise<void> => {
    if (flags.trace === undefined || !outcome) return
    warnings.push(...(await traceTo(resolve(app.cwd, flags.trace), chromeTrace(outcome, (walkBegan - started) / 1000))))
  }
  const times = cacheFolder(app.env)
  const noteRun = async (): Promise<void> => {
    if (!outcome || plan.every(({ action }) => action === 'none')) return
    const [{ noteLastRun }, { noteTests }, { timelineOf }] = await Promise.all([
      import('./page/last-run.ts'),
      import('./page/last-tests.ts'),
      import('./page/timeline-of.ts'),
    ])
    await noteTests(times, config.name, environment.smoke)
    await noteLastRun(times, config.name, timelineOf(outcome, (walkBegan - started) / 1000), new Date())
  }
  const done = await walkShown(plan, options, terminal, config.name, { walked, times }).catch(
    async (error: unknown) => {
      await Promise.all([writeTrace(), noteRun()])
      // What was noticed on the way may be the reason.
      sayWarnings(warnings, terminal)
      throw error
    },
  )
  const facts = await gatherFacts(environment, contextFor)
  await writeLaterHosts(environment, facts.hosts, contextFor({ id: 'hosts' }))
  await Promise.all([writeTrace(), noteRun()])
  if (config.tls && !terminal.ci) warnings.push(...(await untrusted(app.env)))
  const kubeconfig = await cluster.userKubeconfig()
  if (!kubeconfigFiles(app.env).includes(kubeconfig))
    warnings.push(
      `kubectl does not read ${kubeconfig} here, which leads to ${cluster.context}: export KUBECONFIG=${quoted(kubeconfig)}`,
    )
  const more = await ended?.({ changed: changesSomething(plan), signal: options.signal })
  return {
    cluster: { name: config.name, context: cluster.context, kubeconfig },
    steps: done,
    criticalPath: outcome ? criticalPath(outcome) : [],
    warnings: [...new Set(warnings)],
    smoke: environment.smoke,
    endpoints: facts.endpoints,
    credentials: facts.credentials,
    ...more,
    seconds: Math.round(performance.now() - started) / 1000,
  }
}

/** The environment is there with or without it: what stands in the way is a warning. */
const traceTo = async (file: string, trace: object): Promise<readonly string[]> => {
  try {
    await writeFileAtomic(file, JSON.stringify(trace))
    return []
  } catch (error) {
    return [`The trace could not be written to ${file}: ${whyUnwritten(file, error, true)}.`]
  }
}

const hasContainers = async ({ cluster, config }: Environment): Promise<boolean> => {
  if (config.cluster.context !== undefined) return true
  // What is wrong with the engine is said by the checks.
  return unlessRefused(async () => (await clusterContainers(await cluster.engine(), config.name)).length > 0, false)
}

const noTimeOf = (context: string): ConfigError =>
  usageError(
    `--ttl is for clusters that are made, and the one of context ${context} was there before.`,
    'Leave --ttl away, and take it away with `kindup down`.',
  )

/** What to say of certificates that no browser of this machine knows yet. Of mkcert's, mkcert has told the browsers. */
const untrusted = async (env: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> => {
  const authority = await findAuthority(env, () => undefined).catch(() => undefined)
  if (authority?.owner !== 'kindup') return []
  const trusted = await readTrusted(authorityFolder(env))
  return trusted?.fingerprint === authority.certificate.fingerprint256
    ? []
    : ['Browsers and curl do not know the certificates of this machine yet: `kindup trust` tells them.']
}
