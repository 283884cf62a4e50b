import { createHash } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { tarEnd, tarHeader, tarPadding } from '../load/tar.ts'
import { blobPath, contentKey, manifestType, type Descriptor, type LayoutManifest } from './descriptor.ts'
import { fileTrouble } from './file-trouble.ts'
import { bytesAt, entriesOf } from './entries.ts'

/** Writes an OCI layout in a tar archive, part by part, each under its digest. */
export type LayoutWriter = {
  /** Adds a part, compressed, unless the file holds one of that content. */
  readonly add: (source: AsyncIterable<Buffer>, mediaType: string) => Promise<Descriptor>
  /** The part of that content (`sha256:…` before it was compressed), where the file holds it already. */
  readonly held: (content: string) => Descriptor | undefined
  /** Says what the file holds, and gives it its name. */
  readonly finish: (artifactType: string, config: object, layers: readonly Descriptor[]) => Promise<void>
  /** Closes it. What was written so far stays where it is to be gone on with, and goes otherwise. */
  readonly close: () => Promise<void>
}

const block = 512

/**
 * Only its owner can read the file (0600). It has its name once it is whole: until then `partial` stands beside it, and with `resume`
 * goes on from the parts that an earlier run finished there. Throws `file-not-written`.
 */
export const writeLayout = async (
  file: string,
  { partial, resume = false }: { readonly partial: string; readonly resume?: boolean },
): Promise<LayoutWriter> => {
  const handle = await open(partial, resume ? 'a+' : 'wx+', 0o600)
    .then((found) => (resume ? (found.close(), open(partial, 'r+', 0o600)) : found))
    .catch((error: unknown) => {
      throw fileTrouble(file, error)
    })
  const before = resume ? await wholeBlobs(handle) : { blobs: [], end: 0 }
  const byContent = new Map<string, Descriptor>(before.blobs.map((blob) => [contentOf(blob), blob]))
  const written = new Set(before.blobs.map(({ digest }) => digest))
  let end = before.end
  let isDone = false

  /** Its name and size are known when all of it is there: the header comes last. */
  const put = async (source: AsyncIterable<Buffer>, name?: string): Promise<{ digest: string; size: number }> => {
    const hash = createHash('sha256')
    let size = 0
    for await (const piece of source) {
      hash.update(piece)
      await writeAll(handle, piece, end + block + size)
      size += piece.length
    }
    const digest = `sha256:${hash.digest('hex')}`
    if (written.has(digest)) return { digest, size }
    await writeAll(handle, tarPadding(size), end + block + size)
    await writeAll(handle, tarHeader(name ?? blobPath(digest), size), end)
    if (name === undefined) written.add(digest)
    end += block + size + tarPadding(size).length
    return { digest, size }
  }
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw fileTrouble(file, error)
    })
  const putJson = async (value: object, mediaType: string): Promise<Descriptor> => ({
    mediaType,
    ...(await put(pieces(JSON.stringify(value)))),
  })

  return {
    held: (content) => byContent.get(content),
    add: (source, mediaType) =>
      guarded(async () => {
        const content = createHash('sha256')
        const packed = Readable.from(hashing(source, content)).compose(createZstdCompress())
        const { digest, size } = await put(packed)
        const name = `sha256:${content.digest('hex')}`
        const descriptor = { mediaType: `${mediaType}+zstd`, digest, size, annotations: { [contentKey]: name } }
        byContent.set(name, descriptor)
        return descriptor
      }),
    finish: (artifactType, config, layers) =>
      guarded(async () => {
        const manifest: LayoutManifest = {
          schemaVersion: 2,
          mediaType: manifestType,
          artifactType,
          config: await putJson(config, `${artifactType}.config+json`),
          layers,
        }
        const index = { schemaVersion: 2, manifests: [{ ...(await putJson(manifest, manifestType)), artifactType }] }
        await put(pieces('{"imageLayoutVersion":"1.0.0"}'), 'oci-layout')
        await put(pieces(JSON.stringify(index)), 'index.json')
        await writeAll(handle, tarEnd, end)
        await handle.truncate(end + tarEnd.length)
        await handle.sync()
        await rename(partial, file)
        isDone = true
      }),
    close: async () => {
      await handle.close()
      if (!isDone && !resume) await rm(partial, { force: true })
    },
  }
}

const contentOf = ({ digest, annotations }: Descriptor): string => annotations?.[contentKey] ?? digest

async function* hashing(source: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    hash.update(piece)
    yield piece
  }
}

async function* pieces(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

const writeAll = async (handle: FileHandle, bytes: Buffer, at: number): Promise<void> => {
  let done = 0
  while (done < bytes.length) done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten
}

/**
 * The parts that stand whole in what an earlier run began to write, each checked by its digest, and where the first one that does not
 * begins: from there on it is written again.
 */
const wholeBlobs = async (
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
