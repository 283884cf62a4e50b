import { rm } from 'node:fs/promises'
import { EnvironmentError } from '../../core/errors.ts'
import { clusterLabel, markerVolume, dropMarker, readMarker } from '../ownership-marker.ts'
import type { OwnershipMarker } from '../ownership-marker.ts'
import type { Run } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'
import { expiryVolumes } from '../expiry.ts'
import { kindClusterLabel } from '../kind/labels.ts'
import { endOrphans } from '../kind/orphans.ts'
import { removeContainersWith } from '../kind/remove-containers.ts'
import { hasEntries, removeFromKubeconfig } from '../kubeconfig/kubeconfig.ts'
import type { ClusterPaths } from '../paths.ts'
import { clearPrivateFolders } from '../private-folder.ts'
import { usageLabel } from '../registry/usage-leases.ts'
import { registriesUndo } from '../registry/release.ts'
import { pushNamesUndo } from './push-names.ts'
import { together, undoAll } from '../undo.ts'
import type { Undo, UndoResult } from '../undo.ts'

export type DownOptions = {
  readonly name: string
  readonly engine: Engine
  readonly run: Run
  readonly paths: ClusterPaths
  readonly signal: AbortSignal
  /** The longest that the engine may take over the containers. */
  readonly timeoutMs?: number
  /** A cluster of that name without an ownership marker is deleted too: the user said so. */
  readonly foreignToo?: boolean
  /** Mirrors and kept registries that no other cluster uses go too. */
  readonly caches?: boolean
}

/**
 * Takes a cluster away, and beside it whatever `alongside` undoes; all is tried, failures are listed and not thrown.
 * The ownership marker goes last, and only after everything else went. Throws `not-ours` for a cluster without an ownership marker.
 */
export const downCluster = async (options: DownOptions, alongside: readonly Undo[] = []): Promise<UndoResult> => {
  const { name, engine } = options
  const [marker, containers] = await Promise.all([
    readMarker(engine, name),
    engine.containerNames(`${kindClusterLabel}=${name}`),
  ])
  if (!marker && containers.length > 0 && !options.foreignToo)
    throw new EnvironmentError('not-ours', `There is a kind cluster ${name}, and kindup did not make it.`, {
      hints: [`kind delete cluster --name ${name}   # if it is to go all the same`],
    })
  const first = await undoAll([...clusterUndos(options, marker), ...alongside], options)
  // Without the ownership marker nobody would know what is left.
  if (first.failures.length > 0) return first
  return together([first, await undoAll([dropTheMarker(options, marker), pushNamesUndo(engine)], options)])
}

/** What of a cluster can be taken away side by side. */
const clusterUndos = (options: DownOptions, marker: OwnershipMarker | undefined): readonly Undo[] => [
  containersUndo(options),
  ...(marker ? [kubeconfigUndo(options, marker)] : []),
  privateFilesUndo(options),
  registriesUndo({ ...options, caches: options.caches ?? false }),
]

const containersUndo = ({ name, engine, run, paths, signal, timeoutMs }: DownOptions): Undo => ({
  title: 'the containers',
  run: async () => {
    await endOrphans(run, paths, signal)
    const labels = [`${kindClusterLabel}=${name}`, clusterLabel(name)]
    const containers = await removeContainersWith(engine, labels, signal, timeoutMs)
    const [networks, volumes, keepsNetwork] = await Promise.all([
      engine.networks(clusterLabel(name)),
      volumesOf(engine, name),
      engine.hasNetwork('kind'),
    ])
    await Promise.all([...networks.map(engine.removeNetwork), ...volumes.map(engine.removeVolume)])
    return {
      removed: [
        ...containers.map((container) => `container ${container}`),
        ...networks.map((network) => `network ${network}`),
        ...volumes.map((volume) => `volume ${volume}`),
      ],
      // kind makes it once for all clusters of the engine.
      kept: keepsNetwork ? ['network kind'] : [],
      said: [],
    }
  },
})

const volumesOf = async (engine: Engine, name: string): Promise<readonly string[]> => {
  const [labelled, nodes] = await Promise.all([
    engine.volumes(clusterLabel(name)),
    engine.name === 'podman' ? engine.volumes() : [],
  ])
  // With podman, kind makes a node's volume itself, before the node, and labels it with its name: it is not anonymous.
  const ofNode = new RegExp(`^${name}-(?:control-plane|worker|external-load-balancer)\\d*$`)
  const found = [...labelled, ...nodes.filter(({ labels }) => Object.keys(labels).some((label) => ofNode.test(label)))]
  // The ownership marker goes last, with its time, and claims with what they are on.
  const last = new Set([markerVolume(name), ...(await expiryVolumes(engine, name))])
  const others = found.filter((volume) => !last.has(volume.name) && !(usageLabel in volume.labels))
  return [...new Set(others.map((volume) => volume.name))]
}

const kubeconfigUndo = ({ name, signal }: DownOptions, marker: OwnershipMarker): Undo => ({
  title: `the entries in ${marker.kubeconfig}`,
  run: async () => {
    const there = await hasEntries(marker.kubeconfig, name)
    const { said } = await removeFromKubeconfig({
      file: marker.kubeconfig,
      name,
      created: marker.kubeconfigCreated,
      ...(marker.previousContext === undefined ? {} : { previousContext: marker.previousContext }),
      signal,
    })
    return { removed: there ? [`context kind-${name} in ${marker.kubeconfig}`] : [], kept: [], said }
  },
})

const privateFilesUndo = ({ paths }: DownOptions): Undo => ({
  title: paths.folder,
  run: async () => {
    await rm(paths.folder, { recursive: true, force: true })
    await clearPrivateFolders(paths.cacheFolder)
    return { removed: [], kept: [], said: [] }
  },
})

const dropTheMarker = ({ name, engine }: DownOptions, marker: OwnershipMarker | undefined): Undo => ({
  title: `volume ${markerVolume(name)}`,
  run: async () => {
    const expiries = await expiryVolumes(engine, name)
    for (const expiry of expiries) await engine.removeVolume(expiry)
    if (marker) await dropMarker(engine, name)
    return {
      removed: [...expiries, ...(marker ? [markerVolume(name)] : [])].map((volume) => `volume ${volume}`),
      kept: [],
      said: [],
    }
  },
})
