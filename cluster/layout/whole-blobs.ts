import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { createZstdDecompress } from 'node:zlib'
import { Readable } from 'node:stream'
import { contentKey, type Descriptor } from './descriptor.ts'
import { bytesAt, entriesOf } from './entries.ts'

/**
 * The parts that stand whole in what an earlier run began to write, each checked by its digest, and where the first one that does not
 * begins: from there on it is written again.
 */
export const wholeBlobs = async (
  handle: FileHandle,
): Promise<{ readonly blobs: readonly Descriptor[]; readonly end: number }> => {
  const blobs: Descriptor[] = []
  let end = 0
  for await (const { name, size, at, next } of entriesOf(handle)) {
    const found = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)
    if (!found) break
    const [digest, content] = await digestsOf(handle, at, size)
    if (digest !== `sha256:${found[1] ?? ''}`) break
    // Small ones say what an earlier file held; it is said again.
    if (content !== undefined)
      blobs.push({ mediaType: 'application/octet-stream+zstd', digest, size, annotations: { [contentKey]: content } })
    end = next
  }
  return { blobs, end }
}

/** Of the bytes as they stand there, and of what they unpack to. */
const digestsOf = async (
  handle: FileHandle,
  at: number,
  size: number,
): Promise<readonly [digest: string, content: string | undefined]> => {
  const hash = createHash('sha256')
  for await (const piece of bytesAt(handle, at, size)) hash.update(piece)
  const content = createHash('sha256')
  try {
    const unpacked: AsyncIterable<Buffer> = Readable.from(bytesAt(handle, at, size)).compose(createZstdDecompress())
    for await (const piece of unpacked) content.update(piece)
  } catch {
    return [`sha256:${hash.digest('hex')}`, undefined]
  }
  return [`sha256:${hash.digest('hex')}`, `sha256:${content.digest('hex')}`]
}
