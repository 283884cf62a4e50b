import { textAt } from '../../core/fields.ts'
import type { Kube } from '../kube/kube.ts'

/** What a node itself lives by. */
const ofNodes = ['/etc/kubernetes', '/home', '/opt/cni', '/root', '/usr/bin', '/tmp', '/run/containerd'].concat(
  ['containerd', 'etcd', 'kindup', 'kubelet'].map((name) => `/var/lib/${name}`),
)

/** Folders of nodes that PersistentVolumes are: what local-path and others of its kind make. */
export const volumeFolders = async (kube: Kube): Promise<readonly string[]> => {
  const volumes = await kube.list({ apiVersion: 'v1', kind: 'PersistentVolume' })
  const found = volumes.flatMap((volume) => {
    const path = textAt(volume, 'spec', 'hostPath', 'path') ?? textAt(volume, 'spec', 'local', 'path')
    const folder = path?.replace(/\/+$/, '') ?? ''
    // The root of a node is no volume, and none is what holds its own folders: they would be replaced with it.
    return /^\/[^/]/.test(folder) && !ofNodes.some((one) => `${one}/`.startsWith(`${folder}/`)) ? [folder] : []
  })
  return [...new Set(found)].toSorted()
}
