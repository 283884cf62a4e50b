import type { EngineName, Labels } from '../config/config.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Engine } from './engine/engine.ts'

/**
 * What says that a cluster is kindup's, and all that `down` must know when only the name is left.
 * It lives in the labels of an empty engine volume, because kind cannot label its nodes and a record needs an API.
 */
export type OwnershipMarker = {
  readonly name: string
  /** Of kindup, when the ownership marker was made. */
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

const markerLabel = `${prefix}deed`
export const markerVolume = (name: string): string => `kindup-${name}`

/** The ownership marker of that name, or undefined. Throws `volume-taken` when the volume is somebody else's. */
export const readMarker = async (engine: Engine, name: string): Promise<OwnershipMarker | undefined> => {
  const volume = await engine.volume(markerVolume(name))
  if (!volume) return undefined
  if (volume.labels[markerLabel] === undefined)
    throw new EnvironmentError('volume-taken', `${engine.name} has a volume ${volume.name} that kindup did not make.`, {
      hints: [`${engine.command} volume inspect ${volume.name}`, 'Give the cluster another name with --name.'],
    })
  return markerFrom(volume.labels, engine.name)
}

/** Every ownership marker that the engine holds. */
export const listMarkers = async (engine: Engine): Promise<readonly OwnershipMarker[]> =>
  (await engine.volumes(markerLabel)).map(({ labels }) => markerFrom(labels, engine.name))

/** Makes the ownership marker. Its labels can never be changed: everything in it is known before. */
export const takeMarker = (engine: Engine, marker: OwnershipMarker): Promise<void> =>
  engine.createVolume(markerVolume(marker.name), labelsOf(marker))

/** Last of all: without it nothing is known to be ours. */
export const dropMarker = (engine: Engine, name: string): Promise<void> => engine.removeVolume(markerVolume(name))

const labelsOf = (marker: OwnershipMarker): Labels => ({
  [markerLabel]: 'true',
  [clusterKey]: marker.name,
  [`${prefix}version`]: marker.version,
  [`${prefix}engine`]: marker.engine,
  ...(marker.madeAt === undefined ? {} : { [`${prefix}made-at`]: new Date(marker.madeAt).toISOString() }),
  ...(marker.owner === undefined ? {} : { [`${prefix}owner`]: marker.owner }),
  [`${prefix}config`]: marker.config,
  [`${prefix}kubeconfig`]: marker.kubeconfig,
  ...(marker.previousContext === undefined ? {} : { [`${prefix}previous-context`]: marker.previousContext }),
  [`${prefix}kubeconfig-created`]: String(marker.kubeconfigCreated),
  ...(marker.hostsFile === undefined ? {} : { [`${prefix}hosts`]: marker.hostsFile }),
  [`${prefix}hosts-created`]: String(marker.hostsCreated),
})

const markerFrom = (labels: Labels, engine: EngineName): OwnershipMarker => {
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
