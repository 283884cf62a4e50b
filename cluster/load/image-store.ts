import type { Engine } from '../engine/engine.ts'
import type { ImageStore, LoadMemory } from './memory.ts'

/** The plugin that holds the setting, in configurations of version 2 and from 3 on. */
const plugins = ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images']

/**
 * The snapshotter that the kubelet's images are unpacked for, from `containerd config dump`: `ctr` does not read the
 * configuration and would unpack for another one. Undefined when it is not said.
 */
export const snapshotterIn = (toml: string): string | undefined => {
  let ours = false
  for (const line of toml.split('\n')) {
    const [, header] = /^\s*\[\s*(.+?)\s*\]\s*$/.exec(line) ?? []
    if (header !== undefined) {
      const path = header.replaceAll(/["']/g, '')
      ours = path === `plugins.${plugins[0]}.containerd` || path === `plugins.${plugins[1]}`
    }
    const [, value] = /^\s*snapshotter\s*=\s*["'](.+?)["']/.exec(line) ?? []
    if (ours && value !== undefined) return value
  }
  return undefined
}

/**
 * The same of all that matters to imports. From containerd 2.0 on, whose configuration has version 3 or later, `ctr` hands an archive on to a
 * service of containerd, in small pieces: 10 s of CPU for 454 MB, against 3 where it writes the layers itself, as it did before.
 */
export const imageStoreIn = (toml: string): ImageStore => {
  const snapshotter = snapshotterIn(toml)
  const version = Number(/^version\s*=\s*(\d+)/m.exec(toml)?.[1])
  return {
    snapshotter,
    importFlags: [
      ...(version >= 3 ? ['--local'] : []),
      ...(snapshotter === undefined ? [] : [`--snapshotter=${snapshotter}`]),
    ],
  }
}

/** The same of a node, asked once a run. */
export const imageStoreOf = async (
  engine: Engine,
  container: string,
  memory: Pick<LoadMemory, 'imageStores'> | undefined,
): Promise<ImageStore> => {
  const known = memory?.imageStores.get(container)
  if (known) return known
  const found = imageStoreIn((await engine.exec(container, ['containerd', 'config', 'dump'])).stdout)
  memory?.imageStores.set(container, found)
  return found
}
