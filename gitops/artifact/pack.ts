import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { isRecord } from '../../core/is-record.ts'
import { tarEnd, tarHeader, tarPadding } from '../../cluster/load/tar.ts'

/** A part of an artifact as a registry takes it. */
export type Blob = { readonly mediaType: string; readonly digest: string; readonly bytes: Buffer }

/** An OCI artifact: what a GitOps controller pulls. */
export type Artifact = {
  /** `sha256:…` of the manifest: what names the whole. */
  readonly digest: string
  readonly manifest: Blob
  /** Everything that the manifest names. */
  readonly blobs: readonly Blob[]
  /** Of what is in it, before it is compressed. */
  readonly bytes: number
}

/** The name of the one file in it. */
export const objectsFile = 'objects.yaml'

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
/** What Argo CD and Flux take without being told: a layer of any other type would need settings of theirs. */
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
const emptyType = 'application/vnd.oci.empty.v1+json'
const artifactType = 'application/vnd.kindup.objects.v1'

/**
 * Packs objects: the same objects give the same digest, in whatever order they and their keys come, on any machine at any
 * time. Nothing but the objects is in it.
 */
export const pack = (objects: readonly KubeObject[]): Artifact => {
  const text = Buffer.from(textOf(objects))
  return artifactOf(tarOf(objectsFile, text), artifactType, text.length)
}

/** An archive as an artifact; `bytes` is the size of what is in it. */
export const artifactOf = (archive: Buffer, type: string, bytes: number): Artifact => {
  const layer = blobOf(layerType, zipped(archive))
  const config = blobOf(emptyType, Buffer.from('{}'))
  const manifest = blobOf(
    manifestType,
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        artifactType: type,
        config: descriptorOf(config),
        layers: [descriptorOf(layer)],
      }),
    ),
  )
  return { digest: manifest.digest, manifest, blobs: [config, layer], bytes }
}

/** One document an object, sorted. JSON is YAML that every reader reads the same way. */
const textOf = (objects: readonly KubeObject[]): string =>
  objects
    .map((object) => JSON.stringify(sorted(object)))
    .toSorted()
    .map((text) => `---\n${text}\n`)
    .join('')

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

/** An archive of one file: no times, no owners. */
const tarOf = (name: string, text: Buffer): Buffer =>
  Buffer.concat([tarHeader(name, text.length), text, tarPadding(text.length), tarEnd])

const zipped = (bytes: Buffer): Buffer => {
  const packed = gzipSync(bytes, { level: 9 })
  // The header names the system that packed it.
  packed[9] = 255
  return packed
}

const blobOf = (mediaType: string, bytes: Buffer): Blob => ({
  mediaType,
  digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  bytes,
})

const descriptorOf = ({ mediaType, digest, bytes }: Blob) => ({ mediaType, digest, size: bytes.length })
