import type { Labels } from '../../config/config.ts'
import type { Engine } from '../engine/engine.ts'
import { ownerLabel } from './names.ts'

/** On the empty volume that says so: who wants the container of that name. */
export const claimLabel = 'dev.kindup.claim'
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
  (await engine.volumes(claimLabel)).map(({ labels }) => claimFrom(labels))

/** Whether just this claim is there. */
export const isLeased = async (engine: Engine, claim: UsageLease): Promise<boolean> => {
  const found = await engine.volume(volumeOf(claim))
  return found !== undefined && claimFrom(found.labels).keep === claim.keep
}

/** Labels cannot be changed: a claim that says otherwise is made again. */
export const takeUsageLease = async (engine: Engine, claim: UsageLease): Promise<void> => {
  if (await isLeased(engine, claim)) return
  await dropClaim(engine, claim)
  await engine.createVolume(volumeOf(claim), {
    [claimLabel]: claim.container,
    ...(claim.cluster === undefined ? {} : { [ownerLabel]: claim.cluster }),
    [keepLabel]: String(claim.keep),
  })
}

export const dropClaim = (engine: Engine, claim: Omit<UsageLease, 'keep'>): Promise<void> =>
  engine.removeVolume(volumeOf(claim))

const volumeOf = ({ container, cluster }: Omit<UsageLease, 'keep'>): string =>
  `kindup_${cluster === undefined ? 'kept' : `${cluster}_uses`}_${container.replace(/^kindup-/, '')}`

const claimFrom = (labels: Labels): UsageLease => {
  const cluster = labels[ownerLabel]
  return {
    container: labels[claimLabel] ?? '',
    ...(cluster === undefined ? {} : { cluster }),
    keep: labels[keepLabel] === 'true',
  }
}
