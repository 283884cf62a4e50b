import type { Labels } from '../../config/config.ts'
import type { Engine } from '../engine/engine.ts'
import { ownerLabel } from './names.ts'

/** On the empty volume that says so: who wants the container of that name. */
export const usageLabel = 'dev.kindup.claim'
const keepLabel = 'dev.kindup.keep'

/**
 * Says that a registry is wanted: by a cluster, or by nobody in particular (`cluster` undefined: it was kept). Volumes,
 * because `down` must know it with the name of the cluster alone, and the labels of the ownership marker can never be changed.
 */
export type UsageLease = {
  readonly container: string
  readonly cluster?: string
  /** The registry stays when the cluster goes. */
  readonly keep: boolean
}

export const listUsageLeases = async (engine: Engine): Promise<readonly UsageLease[]> =>
  (await engine.volumes(usageLabel)).map(({ labels }) => leaseFrom(labels))

/** Whether just this lease is there. */
export const isLeased = async (engine: Engine, lease: UsageLease): Promise<boolean> => {
  const found = await engine.volume(volumeOf(lease))
  return found !== undefined && leaseFrom(found.labels).keep === lease.keep
}

/** Labels cannot be changed: a lease that says otherwise is made again. */
export const takeUsageLease = async (engine: Engine, lease: UsageLease): Promise<void> => {
  if (await isLeased(engine, lease)) return
  await dropUsageLease(engine, lease)
  await engine.createVolume(volumeOf(lease), {
    [usageLabel]: lease.container,
    ...(lease.cluster === undefined ? {} : { [ownerLabel]: lease.cluster }),
    [keepLabel]: String(lease.keep),
  })
}

export const dropUsageLease = (engine: Engine, lease: Omit<UsageLease, 'keep'>): Promise<void> =>
  engine.removeVolume(volumeOf(lease))

const volumeOf = ({ container, cluster }: Omit<UsageLease, 'keep'>): string =>
  `kindup_${cluster === undefined ? 'kept' : `${cluster}_uses`}_${container.replace(/^kindup-/, '')}`

const leaseFrom = (labels: Labels): UsageLease => {
  const cluster = labels[ownerLabel]
  return {
    container: labels[usageLabel] ?? '',
    ...(cluster === undefined ? {} : { cluster }),
    keep: labels[keepLabel] === 'true',
  }
}
