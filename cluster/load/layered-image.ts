import { createHash } from 'node:crypto'
import { fieldsAt, listAt, textAt, type Fields } from '../../core/fields.ts'
import { qualified } from '../reference.ts'
import { tarEnd, tarHeader, tarPadding } from './tar.ts'

/** An image as a node holds it: its manifest and its configuration. */
export type HeldImage = { readonly manifest: Fields; readonly config: Fields }

export type LayeredImage = {
  /** An OCI layout with nothing but what the node lacks. */
  readonly archive: Buffer
  /** The digest of its configuration: what a node calls the image. */
  readonly id: string
}

/** The image with one more layer (a tar archive), under the same reference, for a node that holds all the others. */
export const layeredImage = (ref: string, { manifest, config }: HeldImage, layer: Buffer): LayeredImage => {
  const isDocker = textAt(manifest, 'mediaType')?.includes('docker') === true
  const manifestType = textAt(manifest, 'mediaType') ?? 'application/vnd.oci.image.manifest.v1+json'
  const layerType = isDocker ? 'application/vnd.docker.image.rootfs.diff.tar' : 'application/vnd.oci.image.layer.v1.tar'
  const history = listAt(config, 'history')
  const blobOfConfig = blobOf(
    Buffer.from(
      JSON.stringify({
        ...config,
        rootfs: {
          ...fieldsAt(config, 'rootfs'),
          diff_ids: [...listAt(config, 'rootfs', 'diff_ids'), digestOf(layer)],
        },
        ...(history.length > 0 ? { history: [...history, { created_by: 'kindup sync' }] } : {}),
      }),
    ),
  )
  const blobOfManifest = blobOf(
    Buffer.from(
      JSON.stringify({
        ...manifest,
        config: { ...fieldsAt(manifest, 'config'), digest: blobOfConfig.digest, size: blobOfConfig.bytes.length },
        layers: [...listAt(manifest, 'layers'), { mediaType: layerType, digest: digestOf(layer), size: layer.length }],
      }),
    ),
  )
  const index = {
    schemaVersion: 2,
    manifests: [
      {
        mediaType: manifestType,
        digest: blobOfManifest.digest,
        size: blobOfManifest.bytes.length,
        annotations: { 'io.containerd.image.name': qualified(ref) },
      },
    ],
  }
  const blobs = [blobOf(layer), blobOfConfig, blobOfManifest]
  const archive = Buffer.concat([
    ...blobs.flatMap(({ digest, bytes }) => fileOf(`blobs/${digest.replace(':', '/')}`, bytes)),
    ...fileOf('index.json', Buffer.from(JSON.stringify(index))),
    ...fileOf('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')),
    tarEnd,
  ])
  return { archive, id: blobOfConfig.digest }
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const blobOf = (bytes: Buffer) => ({ digest: digestOf(bytes), bytes })

const fileOf = (name: string, bytes: Buffer): readonly Buffer[] => [
  tarHeader(name, bytes.length),
  bytes,
  tarPadding(bytes.length),
]
