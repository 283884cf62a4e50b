import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseJson } from '../../core/whole-number.ts'
import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import { openPrivateFolder } from '../private-folder.ts'
import { qualified } from '../reference.ts'
import { readTar, type TarEntry } from '../../core/untar.ts'
import { blobInMemory, layoutArchive, type Blob } from './layout-archive.ts'
import { isTar, tarEnd, tarHeader, tarPadding } from './tar.ts'

/** Smaller ones are held in memory, and always sent. */
const smallBytes = 256 * 1024

/**
 * The archive of an image without the layers that a node `has` already, by digest: of a program that changed a line, all
 * but the last. containerd takes the layers that it knows from its own store. Archives of images as the engines write
 * them: an OCI layout passes as it is but for those blobs, Docker's older form becomes one. What is neither passes whole.
 */
export async function* deltaArchive(
  source: AsyncIterable<Buffer>,
  has: ReadonlySet<string>,
  cacheFolder: string,
): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]()
  let start: Buffer = Buffer.alloc(0)
  while (start.length < 512) {
    const next = await chunks.next()
    if (next.done) break
    start = Buffer.concat([start, next.value])
  }
  const whole = (async function* (): AsyncGenerator<Buffer> {
    if (start.length > 0) yield start
    yield* { [Symbol.asyncIterator]: () => chunks }
  })()
  if (!isTar(start)) return yield* whole
  const folder = await openPrivateFolder(cacheFolder)
  try {
    yield* lean(readTar(whole), has, folder)
    yield tarEnd
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* lean(
  entries: AsyncGenerator<TarEntry>,
  has: ReadonlySet<string>,
  folder: string,
): AsyncGenerator<Buffer> {
  const older = new Map<string, Blob>()
  const links = new Map<string, string>()
  let isLayout = false
  for await (const entry of entries) {
    const { name, size, kind } = entry
    if (name.startsWith('blobs/') || name === 'oci-layout' || name === 'index.json') {
      isLayout = true
      const digest = name.slice('blobs/'.length).replace('/', ':')
      if (kind !== 'file' || (size > smallBytes && has.has(digest))) continue
      yield tarHeader(name, size)
      yield* entry.body()
      yield tarPadding(size)
    } else if (kind === 'link') links.set(name, posix.join(posix.dirname(name), entry.target))
    else if (kind === 'file' && !isLayout) older.set(name, await blobOf(entry, join(folder, String(older.size))))
  }
  if (!isLayout) yield* layoutOf(older, links, has)
}

const blobOf = async ({ size, body }: TarEntry, file: string): Promise<Blob> => {
  const hash = createHash('sha256')
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const part of body()) {
      hash.update(part)
      yield part
    }
  }
  if (size > smallBytes) {
    await pipeline(hashed, createWriteStream(file))
    return { digest: `sha256:${hash.digest('hex')}`, size, bytes: { file } }
  }
  const parts: Buffer[] = []
  for await (const part of hashed()) parts.push(Buffer.from(part))
  return { digest: `sha256:${hash.digest('hex')}`, size, bytes: Buffer.concat(parts) }
}

/** Docker's older archive as an OCI layout: only there may blobs be left out. */
async function* layoutOf(
  files: ReadonlyMap<string, Blob>,
  links: ReadonlyMap<string, string>,
  has: ReadonlySet<string>,
): AsyncGenerator<Buffer> {
  const find = (name: string): Blob => {
    const found = files.get(links.get(name) ?? name)
    if (!found) throw new Error(`the archive names ${name} and does not hold it`)
    return found
  }
  const list = find('manifest.json').bytes
  const images = mapsAt(parseJson(Buffer.isBuffer(list) ? list.toString('utf8') : '[]'))
  const blobs = new Map<string, Blob>()
  const manifests = images.flatMap((image) => {
    const [config, layers] = [find(textAt(image, 'Config') ?? ''), textListAt(image, 'Layers').map(find)]
    const manifest = blobInMemory({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: config.size, digest: config.digest },
      layers: layers.map(({ size, digest }) => ({
        mediaType: 'application/vnd.docker.image.rootfs.diff.tar',
        size,
        digest,
      })),
    })
    for (const blob of [
      config,
      manifest,
      ...layers.filter(({ size, digest }) => size <= smallBytes || !has.has(digest)),
    ])
      blobs.set(blob.digest, blob)
    return textListAt(image, 'RepoTags').map((tag) => ({
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      size: manifest.size,
      digest: manifest.digest,
      annotations: { 'io.containerd.image.name': qualified(tag) },
    }))
  })
  yield* layoutArchive(manifests, blobs.values())
}
