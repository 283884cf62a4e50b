import { posix } from 'node:path'
import { EnvironmentError } from '../../core/errors.ts'
import { mapsAt, numberAt, textAt, type Fields } from '../../core/fields.ts'
import { readTar } from '../../core/untar.ts'
import { tarEnd, tarHeader, tarPadding } from '../load/tar.ts'
import { contentKey, type Descriptor } from './descriptor.ts'
import { damaged, type Layout } from './read-layout.ts'
import type { LayoutWriter } from './write-layout.ts'

/** The archive of an image, each file of it by the digest of its content: images share what they have in common. */
export type PackedImage = {
  readonly ref: string
  /** As the engine that packed it calls it. */
  readonly id: string
  readonly files: readonly { readonly name: string; readonly size: number; readonly content: string }[]
}

const mediaType = 'application/vnd.kindup.image.file.v1'

/**
 * Packs what the engine's `save` writes of the image `ref`. A layer that the file holds already is not written again. Throws
 * EnvironmentError `program-output` where a part of it is missing.
 */
export const packImage = async (
  writer: LayoutWriter,
  source: AsyncIterable<Buffer>,
  ref: string,
): Promise<{ readonly files: PackedImage['files']; readonly parts: readonly Descriptor[] }> => {
  const what = `What the engine saves of ${ref}`
  const files: { name: string; size: number; content: string }[] = []
  const parts: Descriptor[] = []
  const links: { readonly name: string; readonly target: string }[] = []
  for await (const { name, size, kind, target, body } of readTar(source, what)) {
    if (kind === 'link') links.push({ name, target: posix.join(posix.dirname(name), target) })
    if (kind !== 'file') continue
    const said = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1]
    const known = said === undefined ? undefined : writer.held(`sha256:${said}`)
    const part = known ?? (await writer.add(body(), mediaType))
    files.push({ name, size, content: part.annotations?.[contentKey] ?? part.digest })
    parts.push(part)
  }
  for (const { name, target } of links) {
    const found = files.find((file) => file.name === target)
    if (found) files.push({ ...found, name })
  }
  // It is written last: between two files an archive may end without anybody noticing.
  if (!files.some(({ name: file }) => file === 'manifest.json' || file === 'index.json'))
    throw new EnvironmentError('program-output', `${what} is no whole archive: it does not say what it holds.`, {
      hints: [`docker save ${ref} | tar -t   # shows what it holds; try again if that is whole`],
    })
  return { files, parts }
}

/** The archive again, for the engine's `load`. */
export async function* unpackedImage(layout: Layout, { files }: PackedImage): AsyncGenerator<Buffer> {
  const parts = new Map(layout.parts.map((part) => [part.annotations?.[contentKey] ?? part.digest, part]))
  for (const { name, size, content } of files) {
    const part = parts.get(content)
    if (!part) throw damaged(layout.file, `it names ${content} and does not hold it`)
    yield tarHeader(name, size)
    yield* layout.read(part)
    yield tarPadding(size)
  }
  yield tarEnd
}

export const packedImages = (config: Fields): readonly PackedImage[] =>
  mapsAt(config, 'images').map((image) => ({
    ref: textAt(image, 'ref') ?? '',
    id: textAt(image, 'id') ?? '',
    files: mapsAt(image, 'files').map((file) => ({
      name: textAt(file, 'name') ?? '',
      size: numberAt(file, 'size') ?? 0,
      content: textAt(file, 'content') ?? '',
    })),
  }))
