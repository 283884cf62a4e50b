import { EnvironmentError, messageOf, stopReason } from '../../core/errors.ts'
import type { Spawn } from '../../core/run.ts'
import type { Engine, EngineImage, EngineInfo } from '../engine/engine.ts'
import { byRegistryFrom, sendByRegistry, type NodeRegistry } from './by-registry.ts'
import type { LoadMemory } from './memory.ts'
import { makeMeter } from './meter.ts'
import { expectedOf, parcelsFor, type Parcel } from './parcels.ts'
import { sendArchive } from './send-archive.ts'
import { imageStoreOf } from './image-store.ts'

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
      if (refs.length > 0) await sendArchive(options, { ...parcel, refs }, held, info, onBytes)
    }),
  )
  for (const ref of held.keys()) for (const container of containers) memory?.there.add(spot(container, ref))
  return parcels.flatMap(({ refs }) => refs)
}

/** Those of a parcel that its nodes did not get by the registry. */
const withoutHandedOn = async (
  { engine, registry, memory, signal, report, warn }: LoadOptions,
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
        const imageStores = await Promise.all(
          containers.map(
            async (container) => [container, (await imageStoreOf(engine, container, memory)).snapshotter] as const,
          ),
        )
        await sendByRegistry({
          engine,
          registry,
          ref,
          image,
          containers: new Map(imageStores),
          manifestIds: containerdStore,
          ...(signal && { signal }),
        })
        return []
      } catch (error) {
        if (signal?.aborted) throw stopReason(signal)
        if (error instanceof EnvironmentError && error.code === 'registry-full') warn?.(fullWarning(ref, error))
        report?.(`${ref} is sent whole, for it did not come by ${registry.host}: ${messageOf(error)}`)
        return [ref]
      }
    }),
  )
  return left.flat()
}

const fullWarning = (ref: string, { message, hints }: EnvironmentError): string =>
  `${message} ${ref} was sent whole instead, which takes longer. ${hints.at(-1) ?? ''}`
