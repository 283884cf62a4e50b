import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createZstdDecompress } from 'node:zlib'
import { z } from 'zod'
import { ConfigError, EnvironmentError, KindupError, systemCode } from '../../core/errors.ts'
import { fieldsAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { isJson } from '../../core/is-json.ts'
import { isRecord } from '../../core/is-record.ts'
import { isTar } from '../load/tar.ts'
import { blobPath, contentKey, type Descriptor } from './descriptor.ts'
import { bytesAt, entriesOf } from './entries.ts'

/** An OCI layout in a tar archive, opened. */
export type Layout = {
  readonly file: string
  /** Of the manifest, and so of all that the file holds. */
  readonly digest: string
  readonly config: Fields
  readonly parts: readonly Descriptor[]
  /** Reads a part as it was before it was compressed. Throws `file-damaged` where its digest is another one, at its end. */
  readonly read: (part: Descriptor) => AsyncIterable<Buffer>
  /** Reads every part, and throws `file-damaged` for the first one that is not what its digest says. */
  readonly verify: () => Promise<void>
  readonly close: () => Promise<void>
}

type Wanted = {
  readonly artifactType: string
  /** As in `a snapshot of kindup`. */ readonly called: string
  readonly name: (part: Descriptor) => string
  /** The command that writes one. */
  readonly saved: string
}

/** Opens a file and checks what it says of itself. Throws `file-absent`, `file-damaged`, and `file-unfit` for one of another kind. */
export const readLayout = async (file: string, { artifactType, called, name, saved }: Wanted): Promise<Layout> => {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw unreadable(file, error, saved)
  })
  try {
    const places = new Map<string, { readonly at: number; readonly size: number }>()
    for await (const entry of entriesOf(handle)) places.set(entry.name, entry)
    const raw = async function* (path: string): AsyncGenerator<Buffer> {
      const place = places.get(path)
      if (!place) throw damaged(file, cut)
      yield* bytesAt(handle, place.at, place.size)
    }
    const json = async (path: string, digest?: string): Promise<Fields> => {
      const bytes = await buffer(raw(path))
      const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      if (digest !== undefined && found !== digest) throw damaged(file, 'what it says of itself has another digest')
      const text = bytes.toString('utf8')
      const value: unknown = isJson(text) ? JSON.parse(text) : undefined
      if (!isRecord(value)) throw damaged(file, `its ${path} cannot be read`)
      return value
    }
    if (places.size === 0) {
      const start = Buffer.alloc(512)
      await handle.read(start, 0, start.length, 0)
      if (isTar(start)) throw damaged(file, cut)
      throw unfit(file, called)
    }
    const [top] = mapsAt(await json('index.json'), 'manifests')
    const digest = textAt(top, 'digest') ?? ''
    if (textAt(top, 'artifactType') !== artifactType) throw unfit(file, called)
    const written = await json(blobPath(digest), digest)
    const about = textAt(written, 'config', 'digest')
    const parts = partsShape.safeParse(written['layers'])
    if (about === undefined || !parts.success) throw damaged(file, 'it does not say what it holds')
    const layers: readonly Descriptor[] = parts.data
    const config = fieldsAt(await json(blobPath(about), about))
    const checked = async function* (part: Descriptor): AsyncGenerator<Buffer> {
      const hash = createHash('sha256')
      for await (const piece of raw(blobPath(part.digest))) {
        hash.update(piece)
        yield piece
      }
      if (`sha256:${hash.digest('hex')}` !== part.digest)
        throw damaged(file, `${name(part)} has another digest than it says`)
    }
    const unpacked = async function* (part: Descriptor): AsyncGenerator<Buffer> {
      const bytes: AsyncIterable<Buffer> = Readable.from(checked(part)).compose(createZstdDecompress())
      try {
        yield* bytes
      } catch (error) {
        // What is not as it was packed may show before its digest does.
        throw error instanceof Error && 'code' in error && String(error.code).startsWith('ZSTD')
          ? damaged(file, `${name(part)} has another digest than it says`)
          : error
      }
    }
    return {
      file,
      digest,
      config,
      parts: layers,
      read: (part) => (part.annotations?.[contentKey] === undefined ? checked(part) : unpacked(part)),
      verify: async () => {
        for (const part of layers) for await (const piece of checked(part)) void piece
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw unreadable(file, error)
  }
}

const cut = 'a part of it is missing: it was cut, or not written to its end'

/** What was named is no file that can be used. */
export const damaged = (file: string, why: string): ConfigError =>
  new ConfigError(`${file} is damaged: ${why}.`, { code: 'file-damaged', hints: ['Fetch it, or save it, again.'] })

const unfit = (file: string, called: string): ConfigError =>
  new ConfigError(`${file} is not ${called}.`, { code: 'file-unfit' })

/** One of a later format, or one that is not of the shape that it says. */
export const otherFormat = (file: string, format: unknown): ConfigError =>
  format === 1
    ? damaged(file, 'what it says of itself is not of the shape that kindup writes')
    : new ConfigError(`${file} was saved by a later kindup, in a format that is not known here.`, {
        code: 'file-unfit',
        hints: ['Update kindup, or save it again with this one.'],
      })

const partsShape = z.array(
  z.object({
    mediaType: z.string(),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    size: z.number(),
    annotations: z.record(z.string(), z.string()).exactOptional(),
  }),
)

const whys: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `There is no file ${file}.`,
  ENOTDIR: (file) => `There is no file ${file}.`,
  EISDIR: (file) => `${file} is a folder, and a file is expected.`,
  EACCES: (file) => `No read permission for ${file}.`,
}

/** What was named is wrong; what its disk does not give is not. */
const unreadable = (file: string, error: unknown, saved?: string): unknown => {
  const code = systemCode(error)
  if (error instanceof KindupError || code === '') return error
  const message = whys[code]?.(file)
  return message === undefined
    ? new EnvironmentError('file-absent', `${file} cannot be read (${code}).`, { cause: error })
    : new ConfigError(message, {
        code: 'file-absent',
        ...(saved !== undefined && ['ENOENT', 'ENOTDIR'].includes(code) && { hints: [`${saved}   # writes one`] }),
        cause: error,
      })
}
