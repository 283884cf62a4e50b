import { EnvironmentError, messageOf, stopReason } from '../../core/errors.ts'
import type { EngineImage } from '../engine/engine.ts'
import { partsOf } from '../reference.ts'
import { byPushFrom, mayPushHere, sendByPush } from './by-push.ts'
import { byRegistryFrom, sendByRegistry } from './by-registry.ts'
import { imageStoreOf } from './image-store.ts'
import type { LoadOptions } from './load-options.ts'
import type { ImageStore } from './memory.ts'
import type { Parcel, Seen } from './parcels.ts'

/** A way into nodes that hold other builds of an image, by which only new layers move. */
type Way = {
  readonly by: string
  readonly from: number
  readonly send: (ref: string, image: EngineImage) => Promise<void>
}

/** What is left to send as an archive, of a parcel whose nodes hold other builds of each image. */
export const withoutHandedOn = async (
  options: LoadOptions,
  { refs, containers }: Parcel,
  seen: Seen,
): Promise<readonly string[]> => {
  const { engine, memory, signal, report, warn } = options
  const way = wayOf(options, seen, async () => {
    const found = containers.map(
      async (container) => [container, await imageStoreOf(engine, container, memory)] as const,
    )
    return new Map(await Promise.all(found))
  })
  if (!way) return refs
  const left = await Promise.all(
    refs.map(async (ref) => {
      const image = seen.held.get(ref)
      if (!image || image.standIn !== undefined || (image.size ?? 0) < way.from) return [ref]
      report?.(`${ref} by ${way.by}`)
      try {
        await way.send(ref, image)
        return []
      } catch (error) {
        if (signal?.aborted) throw stopReason(signal)
        if (error instanceof EnvironmentError && error.code === 'registry-full') warn?.(fullWarning(ref, error))
        report?.(`${ref} is sent whole, for it did not come by ${way.by}: ${messageOf(error)}`)
        return [ref]
      }
    }),
  )
  return left.flat()
}

/** A look at one is three calls. */
const kinAtMost = 3
/** Each time, the engine would compress for nothing. */
const largesAtMost = 2

const wayOf = (
  options: LoadOptions,
  { info, kinOf }: Seen,
  stores: () => Promise<ReadonlyMap<string, ImageStore>>,
): Way | undefined => {
  const { engine, registry, memory, signal } = options
  if (mayPushHere(engine.name, info))
    return {
      by: 'a push',
      from: byPushFrom,
      send: async (ref, image) => {
        const { repository } = partsOf(ref)
        const past = memory?.pushes?.get(repository)
        if (past?.isBusy) throw new Error('the engine still reads one of its layers')
        if (past && past.larges >= largesAtMost) throw new Error('its new layers are large')
        const containers = [...(await stores())].map(([container, { importFlags }]) => {
          const kin = past ? [past.last] : kinOf(container, ref).slice(-kinAtMost)
          return [container, { kin, importFlags }] as const
        })
        const now = { isBusy: false, larges: past?.larges ?? 0, last: ref }
        memory?.pushes?.set(repository, now)
        const goesOn =
          memory?.pushes &&
          ((ended: Promise<unknown>): void => {
            Object.assign(now, { isBusy: true, larges: now.larges + 1 })
            void ended.then(() => (now.isBusy = false))
          })
        const known = containers.every(([container]) => past?.layers?.has(container)) ? past?.layers : undefined
        const layers = await sendByPush({
          ...options,
          ref,
          image,
          known,
          containers: new Map(containers),
          ...(goesOn && { goesOn }),
        })
        Object.assign(now, { layers, larges: 0 })
      },
    }
  if (!registry) return undefined
  return {
    by: registry.host,
    from: byRegistryFrom,
    send: async (ref, image) =>
      sendByRegistry({
        engine,
        registry,
        ref,
        image,
        containers: new Map([...(await stores())].map(([container, { snapshotter }]) => [container, snapshotter])),
        manifestIds: info.containerdStore,
        ...(signal && { signal }),
      }),
  }
}

const fullWarning = (ref: string, { message, hints }: EnvironmentError): string =>
  `${message} ${ref} was sent whole instead, which takes longer. ${hints.at(-1) ?? ''}`
