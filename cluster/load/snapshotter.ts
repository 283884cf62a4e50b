import type { Engine } from '../engine/engine.ts'
import type { LoadMemory } from './memory.ts'

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

/** The same of a node, asked once a run; undefined where it is containerd's own. */
export const snapshotterOf = async (
  engine: Engine,
  container: string,
  memory: LoadMemory | undefined,
): Promise<string | undefined> => {
  const snapshotter = memory?.snapshotters.has(container)
    ? memory.snapshotters.get(container)
    : snapshotterIn((await engine.exec(container, ['containerd', 'config', 'dump'])).stdout)
  memory?.snapshotters.set(container, snapshotter)
  return snapshotter
}
