import { pauseCluster, resumeCluster, type Paused } from '../cluster/pause.ts'
import type { OurCluster } from '../cluster/ours.ts'
import { EnvironmentError, exit, KindupError } from '../core/errors.ts'
import { errorPage } from '../core/print/error-page.ts'
import { loadOptions, type App, type CommonFlags, type End, type SettingFlags } from '../app/app.ts'
import { subjectOf } from '../config/subject.ts'
import { refuseExisting } from '../app/existing/not-made-here.ts'
import { fileOrName } from '../app/file-here.ts'
import { clustersHere } from './list.ts'
import { underLock } from '../app/remove-cluster.ts'

export type PauseFlags = CommonFlags & SettingFlags & { readonly all: boolean }

type Way = {
  readonly command: 'pause' | 'resume'
  readonly did: string
  readonly already: string
  readonly work: (cluster: OurCluster, all: readonly OurCluster[], done: readonly string[]) => Promise<Paused>
}

/** `pause`: freezes nodes, registry and mirrors; nothing of them runs until `resume` or `up`. */
export const pause = (app: App, flags: PauseFlags, end: End): Promise<void> =>
  ofEach(app, flags, end, {
    command: 'pause',
    did: 'is paused',
    already: 'was paused, or stopped, already',
    work: (cluster, all, done) => pauseCluster(cluster, all, done, { signal: app.signal }),
  })

/** `resume`: sets them going again, stopped ones too, until the nodes are Ready. */
export const resume = (app: App, flags: PauseFlags, end: End): Promise<void> => {
  const { err, colour } = app.terminal(flags)
  return ofEach(app, flags, end, {
    command: 'resume',
    did: 'runs again',
    already: 'was running already',
    work: (cluster) =>
      resumeCluster(cluster, {
        signal: app.signal,
        timeoutMs: flags.timeout,
        report: (line) => err(colour.dim(`  ${cluster.marker.name}: ${line}`)),
      }),
  })
}

/** All that are chosen are tried; the failures are listed at the end. */
const ofEach = async (app: App, flags: PauseFlags, end: End, { command, did, already, work }: Way): Promise<void> => {
  const started = performance.now()
  const terminal = app.terminal(flags)
  const { json, out, err, outColour: colour } = terminal
  if (!flags.all) refuseExisting((await subjectOf(loadOptions(app, flags))).context, `kindup ${command}`)
  const all = await clustersHere(app)
  const chosen = flags.all ? all : await chosenOf(app, flags, all)
  const went: (Paused & { readonly name: string })[] = []
  const failed: { readonly name: string; readonly error: KindupError }[] = []
  for (const cluster of chosen)
    try {
      const { name } = cluster.marker
      const names = went.map((one) => one.name)
      went.push({ name, ...(await underLock(app, name, `kindup ${command}`, () => work(cluster, all, names))) })
    } catch (error) {
      app.signal.throwIfAborted()
      if (!(error instanceof KindupError)) throw error
      failed.push({ name: cluster.marker.name, error })
    }
  // What one cluster left to the next went with that one.
  const gone = new Set(went.flatMap(({ containers }) => containers))
  const done = went.map(({ name, containers, kept }) => ({
    name,
    containers,
    kept: kept.flatMap((one) => (gone.has(one.name) ? [] : [`${one.name} (${one.users.join(', ')} uses it)`])),
  }))
  const [first] = failed
  // One alone ends as every failure does.
  if (first && chosen.length === 1) throw first.error
  if (first) end(exit.failed)
  const seconds = Math.round(performance.now() - started) / 1000
  if (flags.json)
    return json({ clusters: done, failed: failed.map(({ name, error }) => ({ name, error: error.message })), seconds })
  if (chosen.length === 0) out('There is no cluster of kindup.')
  for (const { name, containers, kept } of done) {
    out(
      containers.length === 0
        ? colour.dim(`= ${name} ${already}`)
        : `${colour.green('✓')} ${name} ${did}: ${containers.join(', ')} (${seconds.toFixed(1)} s).`,
    )
    for (const thing of kept) out(colour.dim(`= ${thing}: it stays`))
  }
  for (const { error } of failed) err(errorPage(error, terminal.colour, app.cwd))
}

/** The one that the file or the name means. Throws `cluster-absent`, and `not-ours` for one that kindup did not make. */
const chosenOf = async (app: App, flags: PauseFlags, all: readonly OurCluster[]): Promise<readonly OurCluster[]> => {
  const subject = await fileOrName(app, flags, app.terminal(flags))
  const { name } = subject
  const wanted = ('cluster' in subject ? subject.cluster.engine : subject.engine) ?? 'auto'
  const named = all.filter(({ marker, containers }) => marker.name === name && containers.length > 0)
  const meant = named.filter(({ engine }) => engine.name === wanted)
  const found = meant.length > 0 ? meant : named
  if (found.length > 0) return found
  throw new EnvironmentError('cluster-absent', `There is no cluster ${name} that kindup made.`, {
    hints: ['kindup list   # those that are there', 'kindup up     # makes the one of the file'],
  })
}
