import { readDeed } from '../cluster/deed.ts'
import { downCluster, type DownOptions } from '../cluster/down/down-cluster.ts'
import { undoError, type Undo } from '../cluster/down/undo.ts'
import { answeringEngines, chooseEngine } from '../cluster/engine/choose.ts'
import type { Engine } from '../cluster/engine/engine.ts'
import { clusterContainers } from '../cluster/kind/situation.ts'
import { placesOf } from '../cluster/places.ts'
import { takeRunLock } from '../cluster/run-lock.ts'
import { confirm } from '../core/ask.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import { contextOf } from '../core/walk.ts'
import { askForElevation, isElevationGranted, needsElevation } from '../hosts/elevate.ts'
import { platformHostsFile } from '../core/paths.ts'
import { showHosts } from '../hosts/hosts-file.ts'
import { hostsStep } from '../hosts/step.ts'
import { command, withSettings, type App, type CommandFile, type CommonFlags, type SettingFlags } from './app.ts'
import { fileOrName } from './file-here.ts'
import { runOf } from './run-of.ts'

type Flags = CommonFlags & SettingFlags & { readonly caches: boolean }
/** The file, or what is known of one that is wrong: a file that is wrong is no reason to leave a cluster running. */
type Subject = Awaited<ReturnType<typeof fileOrName>>

/** `down`: takes everything away. Works from any folder with the name alone, and twice. */
export const down: CommandFile = (app) =>
  withSettings(command('down', 'take it away again, without a trace'))
    .option('--caches', 'mirrors and kept registries too, where no other cluster uses them', false)
    .action(async (flags: Flags) => {
      const started = performance.now()
      const terminal = app.terminal(flags)
      const subject = await fileOrName(app, flags, terminal)
      const undone = await takeAway(app, flags, subject)
      const { out, err, outColour: colour } = terminal
      for (const text of undone.said) err(text)
      const error = undoError(subject.name, undone)
      if (error) throw error
      const { removed, kept } = undone
      const seconds = Math.round(performance.now() - started) / 1000
      if (flags.json) return out(JSON.stringify({ removed, kept, seconds }, undefined, 2))
      for (const thing of removed) out(`${colour.red('-')} ${thing}`)
      for (const thing of kept) out(colour.dim(`= ${thing} (shared: it stays)`))
      out(
        removed.length === 0
          ? `There was nothing of ${subject.name} to take away.`
          : `${colour.green('✓')} ${subject.name} is gone (${seconds.toFixed(1)} s).`,
      )
    })

const takeAway = async (app: App, flags: Flags, subject: Subject): ReturnType<typeof downCluster> => {
  const lock = await takeRunLock(placesOf(subject.name, app.env).lock, 'kindup down')
  try {
    return await undo(app, flags, subject)
  } finally {
    await lock.release()
  }
}

const undo = async (app: App, flags: Flags, subject: Subject): ReturnType<typeof downCluster> => {
  const { name } = subject
  const run = runOf(app)
  const engine = await engineOf(app, run, subject)
  const options = {
    name,
    engine,
    run,
    places: placesOf(name, app.env),
    signal: app.signal,
    timeoutMs: flags.timeout,
    caches: flags.caches,
  }
  const [deed, containers] = await Promise.all([readDeed(engine, name), clusterContainers(engine, name)])
  const isForeign = deed === undefined && containers.length > 0
  const file = deed?.hostsFile ?? hostsFileOf(subject)
  const hosts = await hostsUndo(app, flags, { name, file, run })
  return downCluster({ ...options, ...(isForeign ? await allowed(app, flags, options) : {}) }, hosts)
}

/** The one that the file means; where that holds nothing of the name, another may: it may have been set when it was brought up. */
const engineOf = async (app: App, run: Run, subject: Subject): Promise<Engine> => {
  const wanted = ('cluster' in subject ? subject.cluster.engine : subject.engine) ?? 'auto'
  const meant = wanted === 'auto' ? undefined : await chooseEngine(wanted, run, app.env)
  if (meant && (await readDeed(meant, subject.name))) return meant
  const answering = await answeringEngines(run, app.env)
  const deeds = await Promise.all(answering.map((engine) => readDeed(engine, subject.name)))
  return answering[deeds.findIndex((deed) => deed !== undefined)] ?? meant ?? chooseEngine(wanted, run, app.env)
}

const hostsFileOf = (subject: Subject): string =>
  'hosts' in subject && subject.hosts.mode === 'file' ? subject.hosts.file : platformHostsFile()

/** The block of the hosts file, a damaged one too; permission is asked for now where it needs any. */
const hostsUndo = async (
  app: App,
  flags: CommonFlags,
  { name, file, run }: { name: string; file: string; run: Run },
): Promise<readonly Undo[]> => {
  const hosts = await showHosts(file, name)
  const { interactive, err } = app.terminal(flags)
  if (hosts.length > 0 && interactive && (await needsElevation(file)) && !(await isElevationGranted(run))) {
    err(`  The names of ${name} are to leave ${file}, which belongs to the system: sudo may ask for your password.`)
    await askForElevation(run)
  }
  const step = hostsStep({ name, file, mode: 'file', extra: [], hosts: () => Promise.resolve([]), run })
  const said: string[] = []
  const context = contextOf(
    { signal: app.signal, timeoutMs: flags.timeout, warn: (_id, text) => void said.push(text) },
    step.id,
  )
  return [
    {
      title: `the names in ${file}`,
      run: async () => {
        await step.down(context)
        return {
          removed: hosts.length > 0 ? [`${hosts.length} ${hosts.length === 1 ? 'name' : 'names'} in ${file}`] : [],
          kept: [],
          said,
        }
      },
    },
  ]
}

/** A cluster of that name without our mark goes only when somebody says so. */
const allowed = async (app: App, flags: CommonFlags, { name }: DownOptions): Promise<{ foreignToo?: true }> => {
  const { interactive } = app.terminal(flags)
  if (flags.yes) return { foreignToo: true }
  if (!interactive) return {}
  const yes = await confirm(`There is a kind cluster ${name}, and kindup did not make it. Delete it all the same?`, {
    byDefault: false,
    signal: app.signal,
  })
  if (!yes) throw new EnvironmentError('not-ours', `The kind cluster ${name} stays: kindup did not make it.`)
  return { foreignToo: true }
}
