import { listMarkers, readMarker } from '../cluster/ownership-marker.ts'
import { answeringEngines } from '../cluster/engine/choose.ts'
import { purgeUndos } from '../cluster/down/purge.ts'
import { downCluster, type DownOptions } from '../cluster/down/down-cluster.ts'
import type { Undo, UndoResult } from '../cluster/undo.ts'
import type { Engine } from '../cluster/engine/engine.ts'
import { clusterContainers } from '../cluster/kind/situation.ts'
import { clusterPaths } from '../cluster/paths.ts'
import { takeRunLock } from '../cluster/run-lock.ts'
import { confirm } from '../core/ask.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import { contextOf } from '../core/walk.ts'
import { askForElevation, isElevationGranted, needsElevation } from '../hosts/elevate.ts'
import { showHosts } from '../hosts/hosts-file.ts'
import { hostsStep } from '../hosts/step.ts'
import type { App, CommonFlags } from './app.ts'
import { existsSync } from 'node:fs'
import { authorityFiles, authorityFolder } from '../trust/authority.ts'
import { removeAuthority } from '../trust/remove-authority.ts'
import { readTrusted } from '../trust/trusted.ts'

/** What takes one cluster away, and how. */
type Removal = {
  readonly app: App
  readonly flags: Pick<CommonFlags, 'yes' | 'quiet' | 'timeout'> & {
    readonly caches: boolean
    /** What was made for it beside it, too. */
    readonly purge: boolean
  }
  readonly run: Run
  readonly name: string
  readonly engine: Engine
  /** Where the names would be if its mark does not tell. */
  readonly hostsFile: string
}

/** Keeps a second kindup of this machine away from the name meanwhile. Throws `busy`. */
export const underLock = async <T>(app: App, name: string, command: string, work: () => Promise<T>): Promise<T> => {
  const lock = await takeRunLock(clusterPaths(name, app.env).lock, command)
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

/** Takes a cluster away, and what of it is on this machine. All is tried; failures are listed and not thrown. */
export const removeCluster = async ({ app, flags, run, name, engine, hostsFile }: Removal): Promise<UndoResult> => {
  const options = {
    name,
    engine,
    run,
    paths: clusterPaths(name, app.env),
    signal: app.signal,
    timeoutMs: flags.timeout,
    caches: flags.caches || flags.purge,
  }
  const [marker, containers] = await Promise.all([readMarker(engine, name), clusterContainers(engine, name)])
  const isForeign = marker === undefined && containers.length > 0
  const hosts = await hostsUndo(app, flags, { name, file: marker?.hostsFile ?? hostsFile, run })
  const purge = flags.purge ? await purging(app, run, options) : []
  return downCluster({ ...options, ...(isForeign ? await allowed(app, flags, options) : {}) }, [...hosts, ...purge])
}

/** Other clusters may be those of any engine: the cache is one for all of them. */
const purging = async (app: App, run: Run, { name, engine, paths }: DownOptions): Promise<readonly Undo[]> => {
  const engines = await answeringEngines(run, app.env)
  const markers = (await Promise.all(engines.map(listMarkers))).flat()
  const others = [...new Set(markers.map((marker) => marker.name).filter((other) => other !== name))].toSorted()
  return [...purgeUndos({ name, engine, cacheFolder: paths.cacheFolder, others }), authorityUndo(app.env, others)]
}

/** The block of the hosts file, a damaged one too; permission is asked for now where it needs any. */
export const hostsUndo = async (
  app: App,
  flags: Pick<Removal['flags'], 'quiet' | 'timeout'>,
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
const allowed = async (app: App, flags: Removal['flags'], { name }: DownOptions): Promise<{ foreignToo?: true }> => {
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

/** What `down --purge` does with kindup's own certificate authority: it stays where other clusters or this machine's stores have it. */
const authorityUndo = (env: Readonly<Record<string, string | undefined>>, others: readonly string[]): Undo => ({
  title: 'the certificate authority',
  run: async () => {
    const folder = authorityFolder(env)
    const { certificate } = authorityFiles(folder)
    if (!existsSync(certificate)) return { removed: [], kept: [], said: [] }
    const what = `certificate authority ${certificate}`
    const why = (await readTrusted(folder))
      ? '`kindup untrust` takes it out of the stores of this machine, and deletes it'
      : others.length > 0
        ? `${new Intl.ListFormat('en').format(others)} may use it`
        : undefined
    if (why !== undefined) return { removed: [], kept: [`${what} (${why})`], said: [] }
    await removeAuthority(env)
    return { removed: [what], kept: [], said: [] }
  },
})
