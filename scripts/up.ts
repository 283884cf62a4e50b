import { assess } from '../core/assess.ts'
import { changesSomething, makePlan } from '../core/plan.ts'
import { warningText } from '../core/print/error-page.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { contextOf, type WalkOptions } from '../core/walk.ts'
import { command, withPlanFlags, type App, type CommandFile, type WalkFlags } from './app.ts'
import { checkHost } from './check-host.ts'
import { downloadLines } from './download-lines.ts'
import type { Downloads, Environment } from './environment.ts'
import { gatherFacts } from './facts.ts'
import { askAboutHosts, writeLaterHosts } from './host-names.ts'
import { takeHold, type Hold } from './hold.ts'
import { openWithPorts } from './open-with-ports.ts'
import { removalsOf } from './removals.ts'
import { maskInLogs, printReport, type UpReport } from './report.ts'
import { walkShown } from './walk-shown.ts'

/** `up`: makes every step so that is not, and prints where everything is. */
export const up: CommandFile = (app) =>
  withPlanFlags(command('up', 'make the environment of the file so, and print where everything is')).action(
    async (flags: WalkFlags) => {
      const started = performance.now()
      const terminal = app.terminal(flags)
      const report = await withDownloads(app, terminal, async (downloads) => {
        const environment = await openWithPorts(app, flags, terminal, downloads)
        const hold = await takeHold(environment, app, 'kindup up')
        return makeSo({ app, flags, terminal, environment, hold, started, downloads })
      })
      maskInLogs(report.credentials, terminal, terminal.err)
      for (const warning of report.warnings) terminal.err(`${terminal.colour.yellow('!')} ${warning}`)
      if (flags.json) terminal.out(JSON.stringify(report, undefined, 2))
      else printReport(report, terminal)
    },
  )

type Run = {
  readonly app: App
  readonly flags: WalkFlags
  readonly terminal: Terminal
  readonly environment: Environment
  readonly hold: Hold
  readonly downloads: ShownDownloads
  /** When the command began, as performance.now(). */
  readonly started: number
}

type ShownDownloads = Downloads & {
  /** From here on the steps' own lines tell. */
  readonly hide: () => void
}

/** What is still being downloaded when all is done, or has failed, was fetched in vain: nobody waits for it. */
const withDownloads = async <T>(
  app: App,
  terminal: Terminal,
  work: (downloads: ShownDownloads) => Promise<T>,
): Promise<T> => {
  const done = new AbortController()
  let show: Downloads['onProgress'] | undefined = downloadLines(terminal)
  try {
    return await work({
      signal: AbortSignal.any([app.signal, done.signal]),
      onProgress: (progress) => show?.(progress),
      hide: () => (show = undefined),
    })
  } finally {
    done.abort()
  }
}

const makeSo = async (run: Run): Promise<UpReport> => {
  try {
    return await walkAndReport(run)
  } finally {
    // kind may still join nodes that nothing of a narrowed run waited for.
    await run.environment.cluster.settled()
    await run.hold.release()
  }
}

const walkAndReport = async ({
  app,
  flags,
  terminal,
  environment,
  hold,
  started,
  downloads,
}: Run): Promise<UpReport> => {
  const { config, cluster, problems, steps } = environment
  const warnings = problems.map((problem) => warningText(problem, app.cwd))
  const options: WalkOptions = {
    signal: app.signal,
    timeoutMs: flags.timeout,
    warn: (_id, text) => void warnings.push(text),
  }
  const contextFor = ({ id }: { id: string }) => contextOf(options, id)

  const [statuses] = await Promise.all([
    assess(steps, contextFor),
    checkHost(environment, app, (text) => void warnings.push(text)),
  ])
  await hold.takeIfThere(statuses, contextFor({ id: 'lease' }))
  const removals = await removalsOf(environment, statuses, contextFor({ id: 'record' }))
  const plan = makePlan(steps.map(hold.over), statuses, removals)
  if (changesSomething(plan)) {
    await askAboutHosts(plan, environment, terminal)
    // Before anything else is made, host names alone included: `down` finds by it whatever is there with only the name.
    await cluster.takeDeed()
  }

  downloads.hide()
  const done = await walkShown(plan, options, terminal, config.name)
  const facts = await gatherFacts(environment, contextFor)
  await writeLaterHosts(environment, facts.hosts, contextFor({ id: 'hosts' }))
  return {
    cluster: { name: config.name, context: cluster.context, kubeconfig: await cluster.userKubeconfig() },
    steps: done,
    warnings: [...new Set(warnings)],
    smoke: environment.smoke,
    endpoints: facts.endpoints,
    credentials: facts.credentials,
    seconds: Math.round(performance.now() - started) / 1000,
  }
}
