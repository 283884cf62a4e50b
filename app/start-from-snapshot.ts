import { resolve } from 'node:path'
import { EnvironmentError, KindupError, usageError } from '../core/errors.ts'
import { readMarker } from '../cluster/ownership-marker.ts'
import { clusterContainers } from '../cluster/kind/situation.ts'
import { nodeImage } from '../cluster/kind/node-images.ts'
import { refuseUnfit } from '../cluster/snapshot/fits.ts'
import { importImages, importSnapshot, readStartedFrom, startedFromMark } from '../cluster/snapshot/import.ts'
import { nodesOf } from '../cluster/snapshot/nodes.ts'
import { openSnapshotFile, type OpenedSnapshot } from '../cluster/snapshot/open-file.ts'
import { removeSnapshot } from '../cluster/snapshot/save.ts'
import { restoreSnapshot } from '../cluster/snapshot/restore.ts'
import { passingName } from '../cluster/snapshot/manifest.ts'
import { assess } from '../core/assess.ts'
import { makePlan, refusalOf } from '../core/plan.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { contextOf, type WalkOptions } from '../core/walk.ts'
import type { App, WalkFlags } from './app.ts'
import { checkHost } from './check-host.ts'
import type { ShownDownloads } from './apply.ts'
import { readBegun, removeBegun, writeBegun, type Begun } from './begun-start.ts'
import type { Environment } from './environment.ts'
import { askAboutHosts } from './host-names.ts'
import { takeSessionLock, type SessionLock } from './session-lock.ts'
import { walkShown } from './walk-shown.ts'

export type Start = OpenedSnapshot

export type StartOptions = {
  readonly app: App
  readonly flags: WalkFlags
  readonly terminal: Terminal
  readonly environment: Environment
  readonly downloads: ShownDownloads
  /** What an earlier run did not end. */
  readonly begun: Begun | undefined
}

/**
 * The snapshot file that the cluster of this run has to be started from: the one of --snapshot, or the one that an earlier run began
 * with and did not end. Undefined where it was started from it before, and where none is meant. Throws what is wrong with the file.
 */
export const startOf = async ({ app, flags, environment, begun }: StartOptions): Promise<Start | undefined> => {
  const { config, cluster } = environment
  const given = flags.snapshot === undefined ? undefined : resolve(app.cwd, flags.snapshot)
  if (given !== undefined && config.cluster.context !== undefined)
    throw usageError('--snapshot is for clusters that are made, and this one was there before.')
  if (given !== undefined && environment.isNarrowed)
    throw usageError(
      '--snapshot brings up the whole file, and --only, --skip and --env mean a part of it.',
      'Leave these away.',
    )
  const file = given ?? begun?.file
  if (file === undefined) return undefined
  const opened = await openSnapshotFile(file).catch((error: unknown) => {
    if (given !== undefined || !(error instanceof KindupError)) throw error
    throw new EnvironmentError(error.code, `${config.name} was being started from a snapshot. ${error.message}`, {
      hints: ['kindup up --snapshot FILE   # goes on with it', `kindup down --name ${config.name}`],
    })
  })
  try {
    if (begun !== undefined && begun.digest !== opened.layout.digest)
      throw new EnvironmentError(
        'snapshot-unfit',
        `${config.name} was being started from ${begun.file}, which held something else then.`,
        { hints: [`kindup down --name ${config.name}`, 'and then the same command again'] },
      )
    const engine = await cluster.engine()
    const containers = await clusterContainers(engine, config.name)
    if (begun === undefined && containers.length > 0) {
      await refuseStarted(opened, environment, file)
      await opened.layout.close()
      return undefined
    }
    await refuseUnfit(file, opened.about, {
      config,
      engine,
      image: nodeImage(config.cluster.kubernetes, undefined, config.at(['cluster', 'kubernetes']), app.env),
    })
    return opened
  } catch (error) {
    await opened.layout.close()
    throw error
  }
}

/** A cluster that is there was started from the very file, or from something else. */
const refuseStarted = async (
  { layout }: OpenedSnapshot,
  { cluster, config }: Environment,
  file: string,
): Promise<void> => {
  const isOurs = (await readMarker(await cluster.engine(), config.name)) !== undefined
  const from = isOurs ? await readStartedFrom(await cluster.access.kube()) : undefined
  if (from === layout.digest) return
  throw new EnvironmentError(
    'cluster-there',
    `The cluster ${config.name} is there, and was not started from ${file}.`,
    {
      hints: [
        `kindup down --name ${config.name}   # and then the same command again`,
        'kindup up   # without the snapshot',
      ],
    },
  )
}

/**
 * Makes the nodes, and puts into them what the file holds: images first, then volumes and objects. From the first moment on it is
 * noted what the cluster starts from, so that the next `up` ends what this one began.
 */
export const startFromSnapshot = async (start: Start, options: StartOptions): Promise<void> => {
  const { app, environment } = options
  const { cluster, config } = environment
  const lock = await takeSessionLock(environment, app, 'kindup up', { ends: true })
  try {
    // Another run may have made one while this one waited for it.
    const isThere = (await clusterContainers(await cluster.engine(), config.name)).length > 0
    const begun = options.begun ?? (await readBegun(app, config))
    if (isThere && begun?.digest !== start.layout.digest) await refuseStarted(start, environment, start.layout.file)
    else await bring(start, lock, options)
  } finally {
    await cluster.settled()
    await lock.release()
  }
}

const bring = async (
  start: Start,
  lock: SessionLock,
  { app, flags, terminal, environment, downloads }: Omit<StartOptions, 'begun'>,
): Promise<void> => {
  const { config, cluster, steps } = environment
  const { layout, about } = start
  const say = (line: string): void => terminal.err(terminal.colour.dim(`  ${line}`))
  const warn = (text: string): void => terminal.err(`${terminal.colour.yellow('!')} ${text}`)
  const options: WalkOptions = {
    signal: AbortSignal.any([app.signal, lock.lost]),
    timeoutMs: flags.timeout,
    warn: (_id, text) => warn(text),
  }
  const contextFor = ({ id }: { id: string }) => contextOf(options, id)
  const engine = await cluster.engine()
  await checkHost(environment, app, warn)
  const ground = steps.filter(({ of }) => ['cluster', 'registry', 'mirror', 'image'].includes(of.kind))
  const statuses = await assess(ground, contextFor)
  await lock.takeIfThere(statuses, contextFor({ id: 'lease' }))
  const plan = makePlan(ground.map(lock.over), statuses)
  const refusal = refusalOf(plan)
  if (refusal) throw refusal
  app.looks.act()
  await askAboutHosts(makePlan(steps, new Map()), environment, terminal)
  await cluster.takeMarker()
  await writeBegun(app, config, { file: layout.file, digest: layout.digest })
  const piping = { env: app.env, ...(app.spawn && { spawn: app.spawn }) }
  const others = await importImages(start, engine, { ...piping, signal: options.signal, report: say })
  for (const ref of others)
    warn(`${ref} is another image here than it was for the snapshot: the one that is here is used.`)
  const imagesOf = about.nodes.map(({ name, images }) => ({ images, containers: [name] }))
  for (const { images, containers } of imagesOf) cluster.loadEarly(images, containers, contextFor({ id: 'snapshot' }))
  downloads.hide()
  await walkShown(plan, options, terminal, config.name, { passing: true })
  const kube = await cluster.kube(contextFor({ id: 'snapshot' }))
  const nodes = nodesOf(config.name, engine, await clusterContainers(engine, config.name), options.signal, piping)
  const isWhole = (await readStartedFrom(kube)) === layout.digest
  say(isWhole ? 'putting images into the nodes' : `putting images and the state of ${layout.file} into the nodes`)
  // What is on its way already is waited for: ended and sent again it would travel twice.
  const [snapshot] = await Promise.all([
    isWhole ? undefined : importSnapshot(start, nodes),
    ...imagesOf.map(({ images, containers }) => cluster.load(images, containers, contextFor({ id: 'snapshot' }))),
  ])
  await cluster.settled()
  if (snapshot) {
    await restoreSnapshot({
      snapshot,
      kube,
      nodes,
      isFresh: true,
      signal: options.signal,
      timeoutMs: flags.timeout,
      confirm: () => options.signal.throwIfAborted(),
      report: say,
    })
    await kube.apply(startedFromMark(layout.digest))
  }
  await removeSnapshot(passingName, nodes)
  await removeBegun(app, config)
  // What the steps see from here on is what came with it.
  cluster.access.reread()
  app.looks.probe()
}
