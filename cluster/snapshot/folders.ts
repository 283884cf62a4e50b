import { textAt } from '../../core/fields.ts'
import type { Kube } from '../kube/kube.ts'

/** Folders of nodes that PersistentVolumes are: what local-path and others of its kind make. */
export const volumeFolders = async (kube: Kube): Promise<readonly string[]> => {
  const volumes = await kube.list({ apiVersion: 'v1', kind: 'PersistentVolume' })
  const found = volumes.flatMap((volume) => {
    const path = textAt(volume, 'spec', 'hostPath', 'path') ?? textAt(volume, 'spec', 'local', 'path')
    // The root of a node is no volume.
    return path !== undefined && /^\/[^/]/.test(path) ? [path.replace(/\/+$/, '')] : []
  })
  return [...new Set(found)].toSorted()
}
