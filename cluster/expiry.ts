import type { Engine } from './engine/engine.ts'
import { clusterKey, clusterLabel } from './ownership-marker.ts'

/**
 * Until when a cluster is wanted: an empty volume of its own, because the labels of the one that marks the cluster
 * can never be changed. It carries the cluster's label and goes right before that one, so that who comes later to finish
 * an incomplete removal still knows.
 */
const label = 'dev.kindup.expires'

/** Marks the cluster as wanted until `at` (milliseconds since 1970), in place of what was marked before. */
export const setExpiry = async (engine: Engine, name: string, at: number): Promise<void> => {
  const volume = `kindup-${name}-until-${Math.round(at / 1000)}`
  const before = await expiryVolumes(engine, name)
  // The new one first: a run that is killed in between leaves two, and the later counts.
  if (!before.includes(volume))
    await engine.createVolume(volume, { [clusterKey]: name, [label]: new Date(at).toISOString() })
  for (const old of before) if (old !== volume) await engine.removeVolume(old)
}

/** The volumes that say until when a cluster is wanted, whatever has become of the cluster. */
export const expiryVolumes = async (engine: Engine, name: string): Promise<readonly string[]> =>
  (await engine.volumes(clusterLabel(name))).filter(({ labels }) => label in labels).map((volume) => volume.name)

/** Until when each cluster of the engine is wanted, by name, in milliseconds since 1970; without those that have no mark. */
export const expiries = async (engine: Engine): Promise<ReadonlyMap<string, number>> => {
  const found = new Map<string, number>()
  for (const { labels } of await engine.volumes(label)) {
    const name = labels[clusterKey]
    const at = Date.parse(labels[label] ?? '')
    if (name !== undefined && !Number.isNaN(at)) found.set(name, Math.max(at, found.get(name) ?? at))
  }
  return found
}
