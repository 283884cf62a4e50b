import { existsSync } from 'node:fs'
import { clusterPaths } from '../cluster/paths.ts'
import { EnvironmentError, exit, KindupError, type ExitCode } from '../core/errors.ts'
import { makeBursts, type Burst } from '../core/watch/bursts.ts'
import { watchFiles } from '../core/watch/watch-files.ts'
import type { Environment } from './environment.ts'
import { carryOutSave, carryOutWhole, type Dependencies } from './watch/carry-out.ts'
import { inputsOf, reload } from './watch/reload.ts'
import { makeMail } from './watch/mail.ts'
import { savedAlone, saysOfRemotes } from './watch/left-to-remote.ts'
import { makeScreen } from './watch/screen.ts'
import { hashOfEnvironment, makeReadiness } from './watch/readiness.ts'
import { startWalking, type Ended, type Task, type Walking } from './watch/walking.ts'
import { readExistingMark } from '../cluster/existing/mark.ts'
import { readMarker } from '../cluster/ownership-marker.ts'
import { takeRunLock } from '../cluster/run-lock.ts'
import type { App, WalkFlags } from './app.ts'
import { patiently } from './watch/patiently.ts'
import { BuiltInstead, toBuild } from './watch/sync-held.ts'
import { makeSyncedImages, type SyncedImages } from './synced-images.ts'
import { isAway } from './watch/walk-again.ts'

type Options = Pick<Dependencies, 'app' | 'flags' | 'terminal' | 'downloads'> & {
  readonly environment: Environment
  /** When the command began, as performance.now(). */
  readonly started: number
}

type Event = { readonly saved: Burst } | { readonly ended: Ended } | { readonly stopped: true }

/** Editors write one file in several goes; a checkout writes thousands for seconds. */
const burstTimes = { quietMs: 60, mostMs: 1_000 }

/** Walks as `up` does, stays, and walks again for each save, until it is stopped or the cluster is taken down. Throws what it cannot survive. */
export const watch = async ({ environment: given, started, ...options }: Options): Promise<ExitCode> => {
  const { app, flags, terminal } = options
  const { name } = given.config
  const synced = makeSyncedImages()
  const first = await withReading(given, synced, options)
  const screen = makeScreen(terminal, app.cwd)
  const dependencies: Dependencies = { ...options, screen, readiness: makeReadiness(), laterHosts: new Set() }
  // `down` takes it away with the cluster.
  const kubeconfig = clusterPaths(name, app.env, first.config.cluster.context).kubeconfig

  const mail = makeMail<Event>()
  const bursts = makeBursts((saved) => mail.post({ saved }), burstTimes)
  const files = watchFiles(bursts.add, { root: first.config.folder })
  const stop = (): void => mail.post({ stopped: true })

  let before = { inputs: inputsOf(first), kept: first.kept, config: first.config }
  let walking: Walking | undefined
  let next: Task | undefined
  let changed: readonly string[] = []
  /** The one that was walked last, or is being walked. */
  let latest = first
  let tries = 0
  let isReported = false
  /** How the last walk ended, and the last look at the files. */
  const codes: { walk: ExitCode; probe: ExitCode } = { walk: exit.done, probe: exit.done }

  const follow = () => files.follow([...before.inputs, { path: kubeconfig }])

  const start = (task: Task): void => {
    const isFirst = tries++ === 0
    latest = task.environment
    screen.walking()
    walking = startWalking(
      task,
      app.signal,
      (signal, planned) => {
        const walk = { task, signal, planned }
        return isReported ? carryOutSave(walk, dependencies) : carryOutWhole(walk, dependencies, isFirst)
      },
      (ended) => mail.post({ ended }),
    )
  }

  const onSaved = async (saved: Burst): Promise<'gone' | undefined> => {
    const paths = saved.paths.filter((path) => path !== kubeconfig)
    if (
      paths.length < saved.paths.length &&
      !walking &&
      !existsSync(kubeconfig) &&
      !(await isThere(latest, dependencies))
    )
      return 'gone'
    if (paths.length === 0 && saved.paths.length > 0) return undefined
    // Before anything is read: what is written from now on is told again.
    await follow()
    let probed = await reload(app, flags, options.downloads, before)
    const built = 'environment' in probed ? toBuild(probed.environment, dependencies.readiness) : []
    if (built.length > 0) {
      synced.forget(built)
      probed = await reload(app, flags, options.downloads, before)
    }
    before = { ...before, inputs: probed.inputs, kept: probed.kept }
    // What was not watched while it was read may have changed since.
    if (await follow()) mail.post({ saved: { paths: [], since: saved.since } })
    changed = [...new Set([...changed, ...paths])]
    if ('wrong' in probed) {
      codes.probe = probed.wrong.exitCode
      // In the middle of a checkout much is wrong, and somebody is at it: it is looked at again in a moment.
      if (!bursts.isOpen()) screen.wrong(probed.wrong)
      return undefined
    }
    const wasWell = codes.walk === exit.done && codes.probe === exit.done
    codes.probe = exit.done
    const { environment } = probed
    const hash = hashOfEnvironment(environment)
    const alone = savedAlone(environment, paths)
    if (alone !== undefined && paths.length > 0) screen.note(alone)
    if (hash === walking?.task.hash && !walking.isStopped()) {
      next = undefined
      return undefined
    }
    if (!walking && wasWell && hash === hashOfEnvironment(latest)) {
      changed = []
      return undefined
    }
    const task = { environment, hash, paths: changed, since: saved.since }
    if (!walking) start(task)
    else {
      next = task
      walking.stop()
    }
    return undefined
  }

  const onEnded = async (ended: Ended): Promise<'gone' | undefined> => {
    walking = undefined
    screen.idle()
    if ('steps' in ended) {
      codes.walk = exit.done
      changed = []
      if (ended.task.environment.read) synced.deployed(ended.task.environment.read)
      if (!isReported) {
        screen.note(`Each save is carried out from now on. Ctrl-C ends the watch; ${name} stays.`)
        const remotes = saysOfRemotes(latest)
        if (remotes !== undefined) screen.note(remotes)
      }
      isReported = true
    } else if ('error' in ended) {
      const { error } = ended
      if (app.signal.aborted || !(error instanceof KindupError)) throw error
      const { task: failed } = ended
      const isHeld = (failed.environment.read?.held.size ?? 0) > 0
      if (error instanceof BuiltInstead || (isHeld && isAway(error))) {
        // What was put into containers is not to be relied on: all of it is built.
        synced.forget()
        if (!(error instanceof BuiltInstead)) {
          dependencies.readiness.forget()
          failed.environment.kept.access.forget()
        }
        screen.note(error.message)
        mail.post({ saved: { paths: failed.paths, since: failed.since } })
        next = undefined
        return undefined
      }
      const isAbsent = error instanceof EnvironmentError && error.code === 'cluster-absent'
      if (isAbsent && !(await isThere(latest, dependencies))) return 'gone'
      if (isAbsent || (!isReported && !dependencies.readiness.has(lastOfCluster(latest)))) throw error
      codes.walk = error.exitCode
      screen.wrong(error)
    }
    const task = next
    next = undefined
    if (task && !app.signal.aborted) start(task)
    return undefined
  }

  app.signal.addEventListener('abort', stop, { once: true })
  try {
    await follow()
    start({ environment: first, hash: hashOfEnvironment(first), paths: [], since: started })
    for (;;) {
      const event = await mail.next()
      try {
        const end =
          'saved' in event ? await onSaved(event.saved) : 'ended' in event ? await onEnded(event.ended) : undefined
        if (end === 'gone') {
          terminal.err(`${name} was taken down: the watch ends.`)
          return exit.done
        }
      } catch (error) {
        // A look that Ctrl-C cuts short is no walk that it cuts short.
        if (!app.signal.aborted || 'ended' in event) throw error
      }
      if (app.signal.aborted && !walking) {
        terminal.err(`The watch ends; ${name} stays. \`kindup down\` takes it away.`)
        return codes.probe === exit.done ? codes.walk : codes.probe
      }
    }
  } finally {
    app.signal.removeEventListener('abort', stop)
    files.close()
    bursts.stop()
  }
}

/** The environment with what a watch has to know of images that it may sync: read again where a service asks for it. */
const withReading = async (
  environment: Environment,
  synced: SyncedImages,
  { app, flags, downloads }: Pick<Dependencies, 'app' | 'flags' | 'downloads'>,
): Promise<Environment> => {
  const kept = { ...environment.kept, synced }
  if (!environment.config.services.some(({ sync }) => sync)) return { ...environment, kept }
  const probed = await reload(app, flags, downloads, { inputs: [], kept, config: environment.config })
  if ('wrong' in probed) throw probed.wrong
  return probed.environment
}

/** Whether the cluster is still kindup's, once whoever works on it now is done: `down` takes the ownership marker last. */
const isThere = async (
  { config, cluster }: Environment,
  { app, flags }: { readonly app: App; readonly flags: WalkFlags },
): Promise<boolean> => {
  const lock = await patiently(
    () => takeRunLock(clusterPaths(config.name, app.env, config.cluster.context).lock, 'kindup up --watch'),
    {
      signal: app.signal,
      timeoutMs: flags.timeout,
      say: () => undefined,
    },
  )
  await lock.release()
  const { context } = config.cluster
  if (context !== undefined) return (await readExistingMark(await cluster.access.kube(), context))?.name === config.name
  return (await readMarker(await cluster.engine(), config.name)) !== undefined
}

/** The step with which a cluster is whole. */
const lastOfCluster = ({ config }: Environment): string =>
  config.cluster.context === undefined ? 'cluster/nodes' : 'cluster/api'
