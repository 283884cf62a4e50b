import type { Engine, EngineImage } from '../engine/engine.ts'
import type { LoadMemory } from './memory.ts'
import { holdingsOf, holds, kinIn } from './holdings.ts'

type Wanted = {
  readonly engine: Engine
  readonly images: readonly string[]
  /** Names of node containers. */
  readonly containers: readonly string[]
  readonly signal?: AbortSignal
  readonly memory?: Pick<LoadMemory, 'firstLooks'> | undefined
}

/** Images that go to the same nodes: one archive carries them. */
export type Parcel = {
  readonly refs: readonly string[]
  readonly containers: readonly string[]
  /** Each of the nodes holds others of the same repositories, and so most of their layers. */
  readonly hasKin: boolean
}

/** What goes where: which of the images each node lacks, or holds as another image, and what the engine holds of them. */
export const parcelsFor = async ({ engine, images, containers, signal, memory }: Wanted) => {
  const wanted = [...new Set(images)]
  const how = { ...(signal && { signal }), firstLooks: memory?.firstLooks }
  const [info, ...found] = await Promise.all([
    engine.info(),
    ...wanted.map(async (ref) => [ref, await engine.image(ref)] as const),
  ])
  const held = new Map(found.flatMap(([ref, image]) => (image ? [[ref, image] as const] : [])))
  const holdings = await Promise.all(
    (held.size === 0 ? [] : containers).map(
      async (name) => [name, await holdingsOf(engine, name, info.containerdStore, how)] as const,
    ),
  )
  const parcels = new Map<string, { refs: string[]; containers: readonly string[]; hasKin: boolean }>()
  for (const [ref, image] of held) {
    const without = holdings.filter(([, holding]) => !holds(holding, ref, image))
    const lacking = without.map(([name]) => name)
    if (lacking.length === 0) continue
    const hasKin = without.every(([, holding]) => kinIn(holding, ref).length > 0)
    // An archive of a containerd store is for one platform.
    const key = [...lacking, info.containerdStore ? image.architecture : '', hasKin].join(' ')
    const parcel = parcels.get(key) ?? { refs: [], containers: lacking, hasKin }
    parcel.refs.push(ref)
    parcels.set(key, parcel)
  }
  const kinOf = (container: string, ref: string): readonly string[] =>
    kinIn(new Map(holdings).get(container) ?? new Map(), ref)
  return { parcels: [...parcels.values()] as readonly Parcel[], held, info, kinOf }
}

/** What the engine and the nodes hold, and what has to go where. */
export type Seen = Awaited<ReturnType<typeof parcelsFor>>

/** What the engine says of the images' sizes; an archive that goes to several nodes leaves it once. */
export const expectedOf = (
  parcels: readonly Parcel[],
  held: ReadonlyMap<string, EngineImage>,
): { readonly bytes: number | undefined; readonly atMost: boolean } => {
  const sizes = parcels.flatMap(({ refs }) => refs.map((ref) => held.get(ref)?.size))
  const known = sizes.filter((size) => size !== undefined)
  return {
    bytes: known.length < sizes.length ? undefined : known.reduce((sum, size) => sum + size, 0),
    atMost: parcels.some(({ refs }) => refs.length > 1),
  }
}
