import type { EngineName, Labels } from '../config/config.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Engine } from './engine/engine.ts'

/**
 * What says that a cluster is kindup's, and all that `down` must know when only the name is left.
 * It lives in the labels of an empty engine volume, because kind cannot label its nodes and a record needs an API.
 */
export type Deed = {
  readonly name: string
  /** Of kindup, when the deed was made. */
  readonly version: string
  readonly engine: EngineName
  /** When it was made, in milliseconds since 1970 by the clock of the machine that made it; unknown in those of old versions. */
  readonly madeAt?: number
  /** Who made it and where, `user@machine`. */
  readonly owner?: string
  /** Absolute path of the file that describes the cluster. */
  readonly config: string
  /** Absolute path of the user's kubeconfig that the entries were put into. */
  readonly kubeconfig: string
  /** The current context before ours. */
  readonly previousContext?: string
  readonly kubeconfigCreated: boolean
  /** Absolute path; undefined when the file names no hosts file. */
  readonly hostsFile?: string
  readonly hostsCreated: boolean
}

/** Labels of ours on volumes, containers and networks start with this. */
const prefix = 'dev.kindup.'
/** The label on everything that belongs to a cluster; its value is the name. */
export const clusterKey = `${prefix}cluster`
export const clusterLabel = (name: string): string => `${clusterKey}=${name}`

const deedLabel = `${prefix}deed`
export const deedVolume = (name: string): string => `kindup-${name}`

/** The deed of that name, or undefined. Throws `volume-taken` when the volume is somebody else's. */
export const readDeed = async (engine: Engine, name: string): Promise<Deed | undefined> => {
  const volume = await engine.volume(deedVolume(name))
  if (!volume) return undefined
  if (volume.labels[deedLabel] === undefined)
    throw new EnvironmentError('volume-taken', `${engine.name} has a volume ${volume.name} that kindup did not make.`, {
      hints: [`${engine.command} volume inspect ${volume.name}`, 'Give the cluster another name with --name.'],
    })
  return deedFrom(volume.labels, engine.name)
}

/** Every deed that the engine holds. */
export const listDeeds = async (engine: Engine): Promise<readonly Deed[]> =>
  (await engine.volumes(deedLabel)).map(({ labels }) => deedFrom(labels, engine.name))

/** Makes the deed. Its labels can never be changed: everything in it is known before. */
export const takeDeed = (engine: Engine, deed: Deed): Promise<void> =>
  engine.createVolume(deedVolume(deed.name), labelsOf(deed))

/** Last of all: without it nothing is known to be ours. */
export const dropDeed = (engine: Engine, name: string): Promise<void> => engine.removeVolume(deedVolume(name))

const labelsOf = (deed: Deed): Labels => ({
  [deedLabel]: 'true',
  [clusterKey]: deed.name,
  [`${prefix}version`]: deed.version,
  [`${prefix}engine`]: deed.engine,
  ...(deed.madeAt === undefined ? {} : { [`${prefix}made-at`]: new Date(deed.madeAt).toISOString() }),
  ...(deed.owner === undefined ? {} : { [`${prefix}owner`]: deed.owner }),
  [`${prefix}config`]: deed.config,
  [`${prefix}kubeconfig`]: deed.kubeconfig,
  ...(deed.previousContext === undefined ? {} : { [`${prefix}previous-context`]: deed.previousContext }),
  [`${prefix}kubeconfig-created`]: String(deed.kubeconfigCreated),
  ...(deed.hostsFile === undefined ? {} : { [`${prefix}hosts`]: deed.hostsFile }),
  [`${prefix}hosts-created`]: String(deed.hostsCreated),
})

const deedFrom = (labels: Labels, engine: EngineName): Deed => {
  const label = (key: string): string | undefined => labels[`${prefix}${key}`]
  const previousContext = label('previous-context')
  const hostsFile = label('hosts')
  const madeAt = Date.parse(label('made-at') ?? '')
  const owner = label('owner')
  return {
    name: label('cluster') ?? '',
    version: label('version') ?? '',
    engine,
    ...(Number.isNaN(madeAt) ? {} : { madeAt }),
    ...(owner === undefined ? {} : { owner }),
    config: label('config') ?? '',
    kubeconfig: label('kubeconfig') ?? '',
    ...(previousContext === undefined ? {} : { previousContext }),
    kubeconfigCreated: label('kubeconfig-created') === 'true',
    ...(hostsFile === undefined ? {} : { hostsFile }),
    hostsCreated: label('hosts-created') === 'true',
  }
}
