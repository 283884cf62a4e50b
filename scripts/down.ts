import { readMarker } from '../cluster/ownership-marker.ts'
import { undoError } from '../cluster/undo.ts'
import { answeringEngines, chooseEngine } from '../cluster/engine/choose.ts'
import type { Engine } from '../cluster/engine/engine.ts'
import type { Config } from '../config/config.ts'
import { usageError } from '../core/errors.ts'
import { platformHostsFile } from '../core/paths.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Run } from '../core/run.ts'
import type { App, CommonFlags, SettingFlags } from '../app/app.ts'
import { fileOrName } from '../app/file-here.ts'
import { nameAlone } from '../app/recorded.ts'
import { removeCluster, underLock } from '../app/remove-cluster.ts'
import { runOf } from '../app/run-of.ts'

export type DownFlags = CommonFlags & SettingFlags & { readonly caches: boolean; readonly purge: boolean }
/** The file, or what is known of one that is wrong: a file that is wrong is no reason to leave a cluster running. */
type Subject = Awaited<ReturnType<typeof fileOrName>>

/** `down`: takes everything away. Works from any folder with the name alone, and twice. */
export const down = async (app: App, flags: DownFlags): Promise<void> => {
  const started = performance.now()
  const terminal = app.terminal(flags)
  const subject = await fileOrName(app, flags, terminal)
  const context = 'cluster' in subject ? subject.cluster.context : subject.context
  const undone = await (context === undefined
    ? removeDeployed(app, flags, subject)
    : removeExisting(app, flags, terminal, 'cluster' in subject ? subject : nameAlone(subject, app.cwd), context))
  const { json, out, err, outColour: colour } = terminal
  for (const text of undone.said) err(text)
  const error = undoError(subject.name, undone)
  if (error) throw error
  const { removed, kept } = undone
  const seconds = Math.round(performance.now() - started) / 1000
  if (flags.json) return json({ removed, kept, seconds })
  for (const thing of removed) out(`${colour.red('-')} ${thing}`)
  // Some say themselves why.
  for (const thing of kept) out(colour.dim(`= ${thing}${thing.endsWith(')') ? '' : ' (shared: it stays)'}`))
  out(
    removed.length === 0
      ? `There was nothing of ${subject.name} to take away.`
      : `${colour.green('✓')} ${subject.name} is gone (${seconds.toFixed(1)} s).`,
  )
}

const removeExisting = async (
  app: App,
  flags: DownFlags,
  terminal: Terminal,
  config: Config,
  context: string,
): ReturnType<typeof removeCluster> => {
  if (flags.caches || flags.purge)
    throw usageError(
      `--${flags.purge ? 'purge' : 'caches'} takes away what was made beside a cluster of kindup's own, and context ${context} leads to an existing one.`,
      'Leave it away: what kindup made in the cluster goes with `kindup down` alone.',
    )
  const { removeFromExisting } = await import('../app/remove-existing.ts')
  return removeFromExisting({ app, flags, terminal, config, context })
}

const removeDeployed = async (app: App, flags: DownFlags, subject: Subject): ReturnType<typeof removeCluster> => {
  const run = runOf(app)
  const hostsFile = hostsFileOf(subject)
  const remove = async () =>
    removeCluster({ app, flags, run, name: subject.name, engine: await engineOf(app, run, subject), hostsFile })
  return underLock(app, subject.name, 'kindup down', remove)
}

/** The one that the file means; where that holds nothing of the name, another may: it may have been set when it was brought up. */
const engineOf = async (app: App, run: Run, subject: Subject): Promise<Engine> => {
  const wanted = ('cluster' in subject ? subject.cluster.engine : subject.engine) ?? 'auto'
  const meant = wanted === 'auto' ? undefined : await chooseEngine(wanted, run, app.env)
  if (meant && (await readMarker(meant, subject.name))) return meant
  const answering = await answeringEngines(run, app.env)
  const markers = await Promise.all(answering.map((engine) => readMarker(engine, subject.name)))
  return answering[markers.findIndex((marker) => marker !== undefined)] ?? meant ?? chooseEngine(wanted, run, app.env)
}

const hostsFileOf = (subject: Subject): string =>
  'hosts' in subject && subject.hosts.mode === 'file' ? subject.hosts.file : platformHostsFile()
