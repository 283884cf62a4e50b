import { messageOf, stopReason } from '../../core/errors.ts'
import { cacheFolder as ownCacheFolder } from '../../core/paths.ts'
import type { Spawn } from '../../core/run.ts'
import { runPipe } from '../../core/run-pipe.ts'
import type { Engine, EngineImage, EngineInfo } from '../engine/engine.ts'
import { qualified } from '../reference.ts'
import { byRegistryFrom, sendByRegistry, type NodeRegistry } from './by-registry.ts'
import { sentAs } from './holdings.ts'
import { deltaArchive } from './delta-archive.ts'
import { makeMeter } from './meter.ts'
import { notSent } from './not-sent.ts'
import { expectedOf, parcelsFor, type Parcel } from './parcels.ts'
import { canSaveOnePlatform } from './platform.ts'
import { snapshotterIn } from './snapshotter.ts'

type LoadOptions = {
  readonly engine: Engine
  readonly images: readonly string[]
  /** Names of node containers. */
  readonly containers: readonly string[]
  readonly signal?: AbortSignal
  /** Told of images that are for another kind of processor than the nodes. */
  readonly warn?: (text: string) => void
  /** Told some times a second how much is on its way: `45 of 166 MB, 12 MB/s`. */
  readonly report?: (line: string) => void
  /** Of the same run: what it knows needs no look. */
  readonly memory?: LoadMemory
  /** What larger images go through of which nodes hold older builds. */
  readonly registry?: NodeRegistry | undefined
  /** Layers stand there on their way. */
  readonly cacheFolder?: string
  /** Of the engine's command line. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Starts it. Default: that of Node. */
  readonly spawn?: Spawn
}

/** What a run has found out about nodes. */
export type LoadMemory = {
  /** `<container> <reference>`: put there by this run, or found there. */
  readonly there: Set<string>
  /** Of each container. */
  readonly snapshotters: Map<string, string | undefined>
  /** Who sends what right now, by `<container> <reference>`: whoever wants the same waits for it instead of sending it again. */
  readonly underWay: Map<string, Promise<unknown>>
}

/** Large images over a slow disk. */
const sendMs = 15 * 60_000

/** The references that some node lacks, or holds as another image. What the engine does not hold is not its to send. */
export const missingImages = async (options: LoadOptions): Promise<readonly string[]> =>
  (await parcelsFor(options)).parcels.flatMap(({ refs }) => refs)

const spot = (container: string, ref: string): string => `${container} ${ref}`

/**
 * Sends each node what it lacks, and names what was sent. What another call with the same memory is sending is waited
 * for, and sent only where that failed. Throws `not-sent`.
 */
export const loadImages = async (options: LoadOptions): Promise<readonly string[]> => {
  const { containers, memory, signal } = options
  const images = [...new Set(options.images)].filter(
    (ref) => !containers.every((container) => memory?.there.has(spot(container, ref))),
  )
  const spotsOf = (ref: string): readonly string[] => containers.map((container) => spot(container, ref))
  const others = new Map(
    images.map((ref) => [ref, spotsOf(ref).flatMap((where) => memory?.underWay.get(where) ?? [])] as const),
  )
  const own = images.filter((ref) => others.get(ref)?.length === 0)
  const sending = sendMissing({ ...options, images: own })
  const spots = own.flatMap(spotsOf)
  for (const where of spots) memory?.underWay.set(where, sending)
  const done = sending.finally(() => {
    for (const where of spots) memory?.underWay.delete(where)
  })
  const [sent] = await Promise.all([done, settled([...others.values()].flat(), signal)])
  const late = images.filter((ref) => !own.includes(ref))
  return late.length === 0 ? sent : [...sent, ...(await loadImages({ ...options, images: late }))]
}

/** Until all of them ended, well or not. Throws when the signal comes first. */
const settled = async (all: readonly Promise<unknown>[], signal: AbortSignal | undefined): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(stopReason(signal))
  signal?.addEventListener('abort', stop, { once: true })
  try {
    if (all.length > 0) await Promise.race([Promise.allSettled(all), promise])
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

const sendMissing = async (options: LoadOptions): Promise<readonly string[]> => {
  const { containers, images, memory } = options
  if (images.length === 0) return []
  const { parcels, held, info } = await parcelsFor(options)
  for (const ref of parcels.flatMap(({ refs }) => refs)) {
    const { architecture } = held.get(ref) ?? {}
    // Not the end of it: many engines run programs for others, slowly.
    if (architecture && info.architecture !== '' && architecture !== info.architecture)
      options.warn?.(
        `Image ${ref} is for ${architecture}, and the nodes are ${info.architecture}: it runs only where the engine can stand in for that. Build or pull it for linux/${info.architecture}.`,
      )
  }
  const onBytes = options.report && makeMeter(options.report, expectedOf(parcels, held))
  await Promise.all(
    parcels.map(async (parcel) => {
      const refs = await withoutHandedOn(options, parcel, held, info)
      if (refs.length > 0) await send(options, { ...parcel, refs }, held, info, onBytes)
    }),
  )
  for (const ref of held.keys()) for (const container of containers) memory?.there.add(spot(container, ref))
  return parcels.flatMap(({ refs }) => refs)
}

/** Those of a parcel that its nodes did not get by the registry. */
const withoutHandedOn = async (
  { engine, registry, memory, signal, report }: LoadOptions,
  { refs, containers, hasKin }: Parcel,
  held: ReadonlyMap<string, EngineImage>,
  { containerdStore }: EngineInfo,
): Promise<readonly string[]> => {
  if (!registry || !hasKin) return refs
  const left = await Promise.all(
    refs.map(async (ref) => {
      const image = held.get(ref)
      if (!image || image.standIn !== undefined || (image.size ?? 0) < byRegistryFrom) return [ref]
      report?.(`${ref} by ${registry.host}`)
      try {
        const snapshotters = await Promise.all(
          containers.map(async (container) => [container, await snapshotterOf(engine, container, memory)] as const),
        )
        await sendByRegistry({
          engine,
          registry,
          ref,
          image,
          containers: new Map(snapshotters),
          manifestIds: containerdStore,
          ...(signal && { signal }),
        })
        return []
      } catch (error) {
        if (signal?.aborted) throw stopReason(signal)
        report?.(`${ref} is sent whole, for it did not come by ${registry.host}: ${messageOf(error)}`)
        return [ref]
      }
    }),
  )
  return left.flat()
}

const send = async (
  { engine, signal, memory, cacheFolder = ownCacheFolder(), env, spawn }: LoadOptions,
  { refs, containers, hasKin }: Parcel,
  held: ReadonlyMap<string, EngineImage>,
  info: EngineInfo,
  onBytes: ((count: number) => void) | undefined,
): Promise<void> => {
  const architecture = held.get(refs[0] ?? '')?.architecture || info.architecture
  // A containerd store names platforms in its archives that it never fetched: --all-platforms fails on them (kind#3795).
  const platform = info.containerdStore ? `linux/${architecture}` : undefined
  const [imports, known] = await Promise.all([
    Promise.all(containers.map((container) => importCommand(engine, container, platform, memory))),
    hasKin ? layersOf(engine, containers) : undefined,
  ])
  const standIns = refs.flatMap((ref) => {
    const name = held.get(ref)?.standIn
    return name === undefined ? [] : [{ ref, name }]
  })
  const save = engine.saveCommand(
    refs.map((ref) => held.get(ref)?.standIn ?? ref),
    platform !== undefined && canSaveOnePlatform(engine, info) ? platform : undefined,
  )
  const stream = (through?: (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>): Promise<void> =>
    runPipe(save, imports, {
      timeoutMs: sendMs,
      ...(env && { env }),
      ...(spawn && { spawn }),
      ...(signal && { signal }),
      ...(through && { through }),
      ...(onBytes && { onBytes }),
    })
  const lean = known && known.size > 0 ? stream((source) => deltaArchive(source, known, cacheFolder)) : stream()
  await lean
    .catch((error: unknown) => {
      // A layer may have been swept away since it was listed.
      if (!known || signal?.aborted) throw error
      return stream()
    })
    .catch((error: unknown) => {
      throw notSent(error, { refs, containers, engine: engine.command, architecture: info.architecture })
    })
  // Who starts a container asks for it by the digest.
  for (const { ref, name } of standIns)
    await Promise.all(
      containers.map((container) => engine.exec(container, [...tagged, qualified(name), qualified(ref)])),
    )
  if (info.containerdStore) await Promise.all(containers.map((container) => labelSent(engine, container, refs, held)))
}

const importCommand = async (
  engine: Engine,
  container: string,
  platform: string | undefined,
  memory: LoadMemory | undefined,
): Promise<readonly string[]> => {
  const snapshotter = await snapshotterOf(engine, container, memory)
  return engine.execCommand(container, [
    'ctr',
    '--namespace=k8s.io',
    'images',
    'import',
    ...(platform === undefined ? ['--all-platforms'] : ['--platform', platform]),
    ...(snapshotter === undefined ? [] : [`--snapshotter=${snapshotter}`]),
    '-',
  ])
}

const snapshotterOf = async (
  engine: Engine,
  container: string,
  memory: LoadMemory | undefined,
): Promise<string | undefined> => {
  const snapshotter = memory?.snapshotters.has(container)
    ? memory.snapshotters.get(container)
    : snapshotterIn((await engine.exec(container, ['containerd', 'config', 'dump'])).stdout)
  memory?.snapshotters.set(container, snapshotter)
  return snapshotter
}

/** Digests of all that every one of the nodes has in its store. */
const layersOf = async (engine: Engine, containers: readonly string[]): Promise<ReadonlySet<string>> => {
  const lists = await Promise.all(
    containers.map(async (container) => {
      const { stdout } = await engine.exec(container, ['ctr', '--namespace=k8s.io', 'content', 'ls', '--quiet'])
      return new Set(stdout.split('\n'))
    }),
  )
  const [first = new Set<string>(), ...others] = lists
  return new Set([...first].filter((digest) => digest !== '' && others.every((other) => other.has(digest))))
}

const tagged = ['ctr', '--namespace=k8s.io', 'images', 'tag', '--force']

const labelSent = async (
  engine: Engine,
  container: string,
  refs: readonly string[],
  held: ReadonlyMap<string, EngineImage>,
): Promise<void> => {
  for (const ref of refs) {
    const label = `${sentAs}=${held.get(ref)?.id ?? ''}`
    await engine.exec(container, ['ctr', '--namespace=k8s.io', 'images', 'label', qualified(ref), label])
  }
}
