import type { Undo } from '../undo.ts'
import type { Engine } from '../engine/engine.ts'
import type { ClusterPaths } from '../paths.ts'
import { dropUsageLease, listUsageLeases, takeUsageLease } from './usage-leases.ts'
import { withRegistry } from './lock.ts'
import { ownerLabel, registryLabel, upstreamLabel, wordsFor } from './names.ts'

/** A registry that clusters share, whether its container or only its volume is left. */
type Shared = {
  readonly container: string
  readonly isThere: boolean
  readonly volumes: readonly string[]
  /** Set for a mirror. */
  readonly upstream?: string
}

type Options = {
  /** The cluster that lets go. */
  readonly name: string
  readonly engine: Engine
  readonly paths: ClusterPaths
  readonly signal: AbortSignal
  /** What is kept goes too, where no other cluster uses it. */
  readonly caches: boolean
}

/**
 * Ends what the cluster wants of the registries that clusters share. A local registry that nobody wants any more and
 * nobody kept goes, whoever left it; mirrors and kept ones stay, unless `caches` says that they are to go too.
 */
export const registriesUndo = (options: Options): Undo => ({
  title: 'the registries',
  run: async () => {
    const shared = await listShared(options.engine)
    const ends = await Promise.all(shared.map((one) => letGo(one, options)))
    return { removed: ends.flatMap(({ removed }) => removed), kept: ends.flatMap(({ kept }) => kept), said: [] }
  },
})

/** The same for one of them, whose cluster goes on. */
export const release = async (container: string, options: Omit<Options, 'caches'>): Promise<void> => {
  const found = (await listShared(options.engine)).find((one) => one.container === container)
  await letGo(found ?? { container, isThere: false, volumes: [] }, { ...options, caches: false })
}

const letGo = (one: Shared, { name, engine, paths, signal, caches }: Options) =>
  withRegistry(
    one.container,
    paths,
    signal,
    async (): Promise<{ removed: readonly string[]; kept: readonly string[] }> => {
      const { container, isThere, volumes, upstream } = one
      const leases = (await listUsageLeases(engine)).filter((lease) => lease.container === container)
      const own = leases.find(({ cluster }) => cluster === name)
      const others = leases.some(({ cluster }) => cluster !== undefined && cluster !== name)
      const isKept = leases.some(({ cluster }) => cluster === undefined)
      const keeps = !caches && volumes.length > 0 && (upstream !== undefined || isKept || own?.keep === true)
      // The lease of nobody comes before this one goes: a run that is killed in between loses no images.
      if (keeps && own?.keep && !isKept) await takeUsageLease(engine, { container, keep: true })
      if (own) await dropUsageLease(engine, { container, cluster: name })
      if (others && !own && !caches) return nothing
      if (others || keeps) return { removed: [], kept: [wordsFor(container, upstream)] }
      await engine.removeContainers([container])
      await Promise.all(volumes.map(engine.removeVolume))
      if (isKept) await dropUsageLease(engine, { container })
      const gone = [...(isThere ? [`container ${container}`] : []), ...volumes.map((volume) => `volume ${volume}`)]
      return { removed: gone, kept: [] }
    },
  )

const nothing = { removed: [], kept: [] }

const listShared = async (engine: Engine): Promise<readonly Shared[]> => {
  const [containers, volumes, leases] = await Promise.all([
    engine.containers(registryLabel),
    engine.volumes(registryLabel),
    listUsageLeases(engine),
  ])
  const marked = [...containers, ...volumes].filter(({ labels }) => labels[ownerLabel] === undefined)
  const names = new Set([
    ...marked.map(({ labels }) => labels[registryLabel] ?? ''),
    // A run that was killed may have come no further.
    ...leases.map(({ container }) => container),
  ])
  return [...names].map((container) => {
    const parts = marked.filter(({ labels }) => labels[registryLabel] === container)
    const upstream = parts[0]?.labels[upstreamLabel]
    return {
      container,
      isThere: containers.some((one) => one.name === container && parts.includes(one)),
      volumes: volumes.filter((volume) => parts.includes(volume)).map((volume) => volume.name),
      ...(upstream === undefined ? {} : { upstream }),
    }
  })
}
