import { resolve } from 'node:path'
import { loadKubeConfig } from '../cluster/kube/client-node.ts'
import { clusterPaths } from '../cluster/paths.ts'
import { runLockState } from '../cluster/run-lock.ts'
import { subjectOf } from '../config/subject.ts'
import { usageError } from '../core/errors.ts'
import { isClusterName } from '../hosts/names.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { runOf } from '../app/run-of.ts'
import { loadOptions, type App, type WalkFlags, type End } from '../app/app.ts'
import { keepForReset } from '../app/keep-for-reset.ts'
import { leavingPage, type Noting } from '../app/ci/leave-page.ts'
import { dropEarlier, leavingReports } from '../app/ci/leave-reports.ts'
import { diagnosing } from '../app/diagnose/failed-run.ts'
import { downloadLines } from '../app/download-lines.ts'
import type { Downloads, Environment } from '../app/environment.ts'
import { configOf } from '../app/open-environment.ts'
import { takeSessionLock } from '../app/session-lock.ts'
import { applyPlan, type ShownDownloads } from '../app/apply.ts'
import { readBegun } from '../app/begun-start.ts'
import type { StartOptions } from '../app/start-from-snapshot.ts'
import { nextCommands } from '../app/next-commands.ts'
import { openWithPorts } from '../app/open-with-ports.ts'
import { sayReport, type UpReport } from '../app/report.ts'
import { setUp } from '../app/set-up.ts'
import { confirmExisting } from '../app/existing/confirm-existing.ts'
import { forUp } from '../app/settings.ts'

export type UpFlags = WalkFlags & { readonly watch: boolean }

/** `up`: makes every step so that is not, and prints where everything is. With `--watch` again on each save. */
export const up = async (app: App, given: UpFlags, end: End): Promise<void> => {
  if (given.watch && given.ttl !== undefined)
    throw usageError(
      '--watch stays with the cluster, and --ttl is for those that nobody stays with.',
      'Leave one of the two away.',
    )
  if (given.watch && given.json)
    throw usageError('--json prints one document at the end, and --watch has none.', 'Leave one of the two away.')
  if (given.watch && given.dotenv !== undefined)
    throw usageError(
      '--dotenv is for the jobs after this one, and --watch has no end.',
      '`kindup status --json` and `kindup credentials --json` tell at any time.',
    )
  if (given.watch && given.junit !== undefined)
    throw usageError(
      '--junit has the results of one run, and --watch has no end.',
      '`kindup test --junit FILE` writes them at any time.',
    )
  if (given.watch && given.report !== undefined)
    throw usageError(
      '--report is the page of one run, and --watch has no end.',
      '`kindup ui` shows the same page at any time.',
    )
  return leavingPage({ app, flags: given, terminal: app.terminal(given) }, (seen) => upNoting(app, given, end, seen))
}

const upNoting = async (app: App, given: UpFlags, end: End, seen: Noting): Promise<void> => {
  const started = performance.now()
  if (given.dotenv !== undefined) await dropEarlier(resolve(app.cwd, given.dotenv))
  const before = await lockState(app, given)
  app.looks.probe()
  const terminal = app.terminal(given)
  const { flags, said } = await forUp(app, given)
  const dropped = await said
  if (dropped !== undefined) terminal.err(`${terminal.colour.cyan('i')} ${dropped}`)
  const { config } = await configOf(app, flags)
  seen.name = config.name
  const run = runOf(app)
  // It takes a while, and so does the engine, which is asked first. A failure shows where it is used.
  loadKubeConfig().catch(() => undefined)
  let opened: Environment | undefined
  const looked = { app, config, environment: () => opened }
  await diagnosing(looked, async () => {
    const machine = await setUp({ app, flags, run, terminal, config })
    if ('ended' in machine) return end(machine.ended)
    if (flags.bundle !== undefined) {
      const { useBundle } = await import('../app/bundle/use-bundle.ts')
      await useBundle(resolve(app.cwd, flags.bundle), {
        app,
        want: config.tools,
        engine: await machine.engine(),
        report: (line) => terminal.err(terminal.colour.dim(`  ${line}`)),
        warn: (line) => terminal.err(`${terminal.colour.yellow('!')} ${line}`),
      })
      app.looks.probe()
    }
    await withDownloads(app, terminal, async (downloads) => {
      const environment = await openWithPorts(app, flags, terminal, downloads, machine.engine)
      opened = environment
      seen.environment = environment
      await confirmExisting(app, flags, terminal, environment)
      const startedFrom = await startedFromFile({ app, flags, terminal, environment, downloads })
      if (flags.watch) {
        // Each save is carried out by what is there then.
        app.looks.act()
        const { watch } = await import('../app/watch.ts')
        return end(await watch({ app, flags, terminal, downloads, environment, started }))
      }
      const isAsBefore = before !== undefined && before === (await lockState(app, given))
      const lock = await takeSessionLock(environment, app, 'kindup up')
      // What another run did until now was not seen.
      if (!isAsBefore) app.looks.probe()
      const { smoke } = environment
      const report = await leavingReports(
        { app, terminal, name: config.name, junit: flags.junit, dotenv: flags.dotenv, smoke },
        () =>
          // Here already: the reports say what was seen.
          diagnosing(looked, () =>
            applyPlan({
              app,
              flags,
              terminal,
              environment,
              lock,
              started,
              downloads,
              signal: app.signal,
              walked: (outcome, ahead) => void (seen.outcome = { outcome, ahead }),
              ended: (walked) =>
                keepForReset(app, flags, environment, {
                  ...walked,
                  changed: walked.changed || startedFrom !== undefined,
                }),
            }),
          ),
      )
      const whole = { ...report, ...(startedFrom && { startedFrom }) }
      seen.report = whole
      sayReport(whole, terminal, flags)
      // For somebody who sits there: in a log it would be read by nobody.
      if (terminal.interactive && !flags.json)
        terminal.err(terminal.colour.dim(`→ ${nextCommands(report, { config: given.config, name: given.name })}`))
    })
  })
}

/** Makes the cluster from a snapshot file where one is given, or an earlier run began with one. */
const startedFromFile = async (options: Omit<StartOptions, 'begun'>): Promise<UpReport['startedFrom']> => {
  const { app, flags, environment } = options
  const begun = await readBegun(app, environment.config)
  if (flags.snapshot === undefined && begun === undefined) return undefined
  const { startOf, startFromSnapshot } = await import('../app/start-from-snapshot.ts')
  const start = await startOf({ ...options, begun })
  if (!start) return undefined
  try {
    await startFromSnapshot(start, { ...options, begun })
  } finally {
    await start.layout.close()
  }
  return { file: start.layout.file, digest: start.layout.digest }
}

/** Whether runs of the same cluster come and go: two of the same say that none did between. */
const lockState = async (app: App, flags: UpFlags): Promise<string | undefined> => {
  const { name, context } = await subjectOf(loadOptions(app, flags))
  return name === undefined || !isClusterName(name)
    ? undefined
    : runLockState(clusterPaths(name, app.env, context).lock)
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
