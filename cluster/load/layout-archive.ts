import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { tarHeader, tarPadding } from './tar.ts'

/** A blob that is to be found again: its digest, its size, and where its bytes are. */
export type Blob = {
  readonly digest: string
  readonly size: number
  readonly bytes: Buffer | { readonly file: string }
}

export const blobInMemory = (document: unknown): Blob => {
  const bytes = Buffer.from(JSON.stringify(document))
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size: bytes.length, bytes }
}

/** The files of an OCI layout with these blobs, and with an index that names these manifests; without the end of the archive. */
export async function* layoutArchive(manifests: readonly object[], blobs: Iterable<Blob>): AsyncGenerator<Buffer> {
  for (const blob of blobs) yield* entryOf(`blobs/${blob.digest.replace(':', '/')}`, blob)
  yield* entryOf('index.json', blobInMemory({ schemaVersion: 2, manifests }))
  yield* entryOf('oci-layout', blobInMemory({ imageLayoutVersion: '1.0.0' }))
}

async function* entryOf(name: string, { size, bytes }: Blob): AsyncGenerator<Buffer> {
  yield tarHeader(name, size)
  if (Buffer.isBuffer(bytes)) yield bytes
  else yield* createReadStream(bytes.file) as AsyncIterable<Buffer>
  yield tarPadding(size)
}
