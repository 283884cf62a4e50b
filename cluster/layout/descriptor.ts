/** One part of a file of kindup's, as an OCI layout names it: https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export type Descriptor = {
  readonly mediaType: string
  /** `sha256:…` of the bytes in the file. */
  readonly digest: string
  /** Bytes in the file. */
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
}

/** What a file holds: its kind, what is said of it, and its parts. */
export type LayoutManifest = {
  readonly schemaVersion: 2
  readonly mediaType: 'application/vnd.oci.image.manifest.v1+json'
  readonly artifactType: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** Of a part that stands compressed in the file: the digest of its bytes before. */
export const contentKey = 'dev.kindup.content'

export const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`
