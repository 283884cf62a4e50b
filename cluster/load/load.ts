import { stopReason } from '../../core/errors.ts'
import { withoutHandedOn } from './hand-on.ts'
import type { LoadOptions } from './load-options.ts'
import { makeMeter } from './meter.ts'
import { expectedOf, parcelsFor } from './parcels.ts'
import { sendArchive } from './send-archive.ts'

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
  const seen = await parcelsFor(options)
  const { parcels, held, info } = seen
  // What was seen there is no longer all that it holds.
  for (const container of parcels.flatMap((parcel) => parcel.containers)) memory?.firstLooks?.set(container, undefined)
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
      const refs = parcel.hasKin ? await withoutHandedOn(options, parcel, seen) : parcel.refs
      if (refs.length > 0) await sendArchive(options, { ...parcel, refs }, held, info, onBytes)
    }),
  )
  for (const ref of held.keys()) for (const container of containers) memory?.there.add(spot(container, ref))
  return parcels.flatMap(({ refs }) => refs)
}
