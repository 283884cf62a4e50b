import type { Undo } from '../down/undo.ts'
import type { Engine } from '../engine/engine.ts'
import type { Places } from '../places.ts'
import { dropClaim, listClaims, takeClaim, type Claim } from './claims.ts'
import { withRegistries } from './lock.ts'
import { ownerLabel, registryLabel, upstreamLabel } from './names.ts'

type Shared = {
  readonly container: string
  readonly volumes: readonly string[]
  /** Set for a mirror. */
  readonly upstream?: string
  readonly isThere: boolean
}

type Options = {
  readonly name: string
  readonly engine: Engine
  readonly places: Places
  readonly signal: AbortSignal
}

/**
 * Ends what the cluster wants of the registries that clusters share. A local registry that nobody wants any more and
 * nobody kept goes; mirrors and kept ones stay, unless `caches` says that they are to go too.
 */
export const registriesUndo = (options: Options & { readonly caches: boolean }): Undo => ({
  title: 'the registries',
  run: async () => {
    const { engine, name, caches } = options
    // Most engines have none: no lock is taken for nothing.
    if ((await listClaims(engine)).length === 0 && (await listShared(engine)).length === 0) return nothing
    return withRegistries(options.places, options.signal, async () => {
      const claims = await listClaims(engine)
      const own = claims.filter(({ cluster }) => cluster === name)
      await drop(engine, own)
      return collect(
        engine,
        own.map(({ container }) => container),
        caches,
      )
    })
  },
})

/** The same for one container, whose cluster goes on. */
export const release = (options: Options, container: string): Promise<unknown> =>
  withRegistries(options.places, options.signal, async () => {
    const { engine, name } = options
    await drop(
      engine,
      (await listClaims(engine)).filter((claim) => claim.cluster === name && claim.container === container),
    )
    return collect(engine, [container], false)
  })

/** The mark that a registry is kept comes first: a run that is killed in between loses no images. */
const drop = async (engine: Engine, claims: readonly Claim[]): Promise<void> => {
  for (const { container, cluster, keep } of claims) {
    if (keep) await takeClaim(engine, { container, keep: true })
    await dropClaim(engine, { container, ...(cluster === undefined ? {} : { cluster }) })
  }
}

const nothing = { removed: [], kept: [], said: [] }

/** Takes away what nobody wants, whoever left it. */
const collect = async (engine: Engine, used: readonly string[], caches: boolean) => {
  const [claims, shared] = await Promise.all([listClaims(engine), listShared(engine)])
  const ends = await Promise.all(
    shared.map(async (one) => {
      const wanted = claims.filter(({ container }) => container === one.container)
      const users = wanted.flatMap(({ cluster }) => cluster ?? [])
      const isKept = one.upstream !== undefined || wanted.some(({ cluster }) => cluster === undefined)
      const what = one.upstream === undefined ? `registry ${one.container}` : `mirror of ${one.upstream}`
      if (users.length > 0) return { ...nothing, kept: used.includes(one.container) || caches ? [what] : [] }
      if (isKept && !caches) return { ...nothing, kept: [what] }
      await engine.removeContainers([one.container])
      await Promise.all(one.volumes.map(engine.removeVolume))
      await dropClaim(engine, { container: one.container })
      return {
        ...nothing,
        removed: [
          ...(one.isThere ? [`container ${one.container}`] : []),
          ...one.volumes.map((volume) => `volume ${volume}`),
        ],
      }
    }),
  )
  return {
    removed: ends.flatMap(({ removed }) => removed),
    kept: ends.flatMap(({ kept }) => kept),
    said: [],
  }
}

/** What is no single cluster's, whether its container or only its volume is left. */
const listShared = async (engine: Engine): Promise<readonly Shared[]> => {
  const [containers, volumes] = await Promise.all([engine.containers(registryLabel), engine.volumes(registryLabel)])
  const marked = [...containers, ...volumes].filter(({ labels }) => labels[ownerLabel] === undefined)
  return [...Map.groupBy(marked, ({ labels }) => labels[registryLabel] ?? '')].map(([container, parts]) => {
    const upstream = parts[0]?.labels[upstreamLabel]
    return {
      container,
      volumes: volumes.filter((volume) => parts.includes(volume)).map((volume) => volume.name),
      ...(upstream === undefined ? {} : { upstream }),
      isThere: containers.some(({ name }) => name === container),
    }
  })
}
