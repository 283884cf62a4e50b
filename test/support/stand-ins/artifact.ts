import { gunzipSync } from 'node:zlib'
import type { Obj } from '../api-server/object.ts'
import type { World } from './world.ts'

/** The objects in an OCI artifact of the local registry, as GitOps controllers read them; undefined where there is none. */
export const artifactObjects = (world: World, url: string, digest: string): readonly Obj[] | undefined => {
  const repository = url.replace(/^oci:\/\/[^/]+\//, '')
  for (const held of world.blobs.values()) {
    const manifest = held.get(`${repository}@${digest}`)
    if (!manifest) continue
    const { layers } = JSON.parse(manifest.toString()) as { layers: readonly { digest: string }[] }
    const layer = held.get(layers[0]?.digest ?? '')
    if (!layer || layers.length !== 1) throw new Error(`one layer is wanted: ${manifest.toString()}`)
    const tar = gunzipSync(layer)
    const text = tar.subarray(512, 512 + Number.parseInt(tar.subarray(124, 135).toString(), 8)).toString()
    return text
      .split('---\n')
      .filter((part) => part !== '')
      .map((part) => JSON.parse(part) as Obj)
  }
  return undefined
}
