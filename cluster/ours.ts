import type { OwnershipMarker } from './ownership-marker.ts'
import { listMarkers } from './ownership-marker.ts'
import type { Container, Engine } from './engine/engine.ts'
import { expiries } from './expiry.ts'
import { kindClusterLabel } from './kind/labels.ts'

/** A cluster that kindup made, from any file and on any machine that reaches the engine. */
export type OurCluster = {
  readonly marker: OwnershipMarker
  readonly engine: Engine
  /** Empty where it is only being made, or was deleted by other hands. */
  readonly containers: readonly Container[]
  /** Until when it is wanted, in milliseconds since 1970; undefined where nobody said. */
  readonly expiresAt?: number
}

/** All of them that the engines hold, by name. */
export const ourClusters = async (engines: readonly Engine[]): Promise<readonly OurCluster[]> => {
  const found = await Promise.all(
    engines.map(async (engine) => {
      const [markers, containers, until] = await Promise.all([
        listMarkers(engine),
        engine.containers(kindClusterLabel),
        expiries(engine),
      ])
      return markers.map((marker): OurCluster => {
        const expiresAt = until.get(marker.name)
        return {
          marker,
          engine,
          containers: containers.filter(({ labels }) => labels[kindClusterLabel] === marker.name),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        }
      })
    }),
  )
  return found.flat().toSorted((a, b) => a.marker.name.localeCompare(b.marker.name))
}

/** How long the disk may take to tell. */
const diskMs = 10_000

/**
 * Bytes on disk of what the nodes hold beyond their image: their images, etcd, volumes. Undefined where no node runs,
 * or one does not tell in time.
 */
export const diskOf = async ({ engine, containers }: OurCluster, signal: AbortSignal): Promise<number | undefined> => {
  const running = containers.filter((container) => container.running && container.paused !== true)
  try {
    const sizes = await Promise.all(
      running.map(async ({ name }) => {
        // What goes while it is counted is named on standard error, and the rest is counted all the same.
        const { stdout } = await engine.exec(name, ['du', '-skx', '/var'], {
          signal,
          timeoutMs: diskMs,
          okCodes: [0, 1],
        })
        return Number(/^\d+/.exec(stdout)?.[0] ?? Number.NaN) * 1024
      }),
    )
    const total = sizes.reduce((sum, size) => sum + size, 0)
    return running.length === 0 || Number.isNaN(total) ? undefined : total
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
