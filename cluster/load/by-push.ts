import { readFile, rm } from 'node:fs/promises'
import { EnvironmentError } from '../../core/errors.ts'
import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import { cacheFolder as ownCacheFolder } from '../../core/paths.ts'
import { runPipe } from '../../core/run-pipe.ts'
import type { Spawn } from '../../core/run.ts'
import { parseJson } from '../../core/whole-number.ts'
import type { Engine, EngineImage, EngineInfo } from '../engine/engine.ts'
import { openPrivateFolder } from '../private-folder.ts'
import { qualified } from '../reference.ts'
import { heldImage, importAndSee } from './add-layer.ts'
import { blobInMemory, layoutArchive, type Blob } from './layout-archive.ts'
import type { Layers } from './memory.ts'
import { pushAs, pushName } from './push-as.ts'
import { openPushIntake, type PushIntake } from './push-intake.ts'
import { tarEnd } from './tar.ts'

type Options = {
  readonly engine: Engine
  readonly ref: string
  readonly image: EngineImage
  /** Names of node containers, each with other builds that it holds, and the flags of its imports. */
  readonly containers: ReadonlyMap<string, { readonly kin: readonly string[]; readonly importFlags: readonly string[] }>
  /** The layers that each of them has, where that is known. */
  readonly known?: ReadonlyMap<string, Layers> | undefined
  readonly cacheFolder?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly spawn?: Spawn
  readonly signal?: AbortSignal
  /** Of a layer that a push may bring; of a larger one the engine only learns its digest. */
  readonly keepBytes?: number
  /** Told of a push that goes on by itself. Left out: it is ended. */
  readonly goesOn?: (ended: Promise<unknown>) => void
}

/** Bytes. The archive of a smaller one is there as soon. */
export const byPushFrom = 20_000_000
const mostBytes = 16_000_000

/** Whether the engine reaches this process by 127.0.0.1, and calls images by their configurations. */
export const mayPushHere = (name: Engine['name'], { host, virtual, rootless, containerdStore }: EngineInfo): boolean =>
  name === 'docker' && host === undefined && !virtual && !rootless && !containerdStore

/**
 * Takes an image from the engine into nodes that hold other builds of it, by a push of the engine to this very process: who pushes asks
 * first which layers are there, so that none is read but those that are new; an archive of the engine has all of them. A layer that it
 * has neither pushed nor pulled before is compressed whole, once. A large one is not waited for: with `goesOn` the push does, and the
 * next one is fast. Throws whatever keeps it from that; nothing is half done then.
 */
export const sendByPush = async (options: Options): Promise<ReadonlyMap<string, Layers>> => {
  const {
    engine,
    ref,
    image,
    containers,
    known,
    cacheFolder = ownCacheFolder(),
    signal,
    keepBytes = mostBytes,
    goesOn,
  } = options
  const id = image.id.replace('sha256:', '')
  const folder = await openPrivateFolder(cacheFolder)
  const large = Promise.withResolvers<never>()
  const intake = await openPushIntake({
    folder,
    keepBytes,
    // Which contents a digest stands for is known once all has come. What the image is made from comes in any case.
    has: (digest) => digest !== image.id,
    onLarge: () => large.reject(new EnvironmentError('layer-new', 'the engine has to read one of its layers first')),
  })
  const stop = new AbortController()
  const until = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const pushing = pushAs(engine, ref, pushName(ref, intake.host, image), until)
  let isLarge = false
  large.promise.catch(() => (isLarge = true))
  try {
    const holding = known ?? heldBy(engine, containers)
    const [held] = await Promise.race([Promise.all([holding, pushing]), large.promise])
    const pushed = await pushedIn(intake, image.id)
    const sent = [...containers].map(async ([container, { importFlags }]) => {
      const layers = layersOf(pushed, held.get(container) ?? new Map())
      const archive = archiveOf(ref, pushed, layers)
      const words = ['sh', '-c', importAndSee, 'sh', qualified(ref), id]
      await runPipe(archive, [engine.execCommand(container, [...words, ...importFlags])], options)
      return [container, layers] as const
    })
    return new Map(await Promise.all(sent))
  } finally {
    if (isLarge && !goesOn) stop.abort()
    const ended = pushing
      .catch(() => undefined)
      .then(() => intake.close())
      .then(() => rm(folder, { recursive: true, force: true }))
    if (isLarge && goesOn) goesOn(ended)
    else await ended
  }
}

/** An image that went meanwhile has no layers. */
const orNone = (error: unknown): undefined => {
  if (!(error instanceof EnvironmentError)) throw error
}

const heldBy = async (engine: Engine, containers: Options['containers']): Promise<ReadonlyMap<string, Layers>> =>
  new Map(
    await Promise.all(
      [...containers].map(async ([container, { kin }]) => {
        const images = await Promise.all(kin.map((ref) => heldImage(engine, container, ref).catch(orNone)))
        const layers = images.flatMap((held) => {
          if (!held) return []
          const { manifest, config } = held
          const contents = textListAt(config, 'rootfs', 'diff_ids')
          return mapsAt(manifest, 'layers').map((layer, index) => [contents[index] ?? '', layer] as const)
        })
        return [container, new Map(layers)] as const
      }),
    ),
  )

type Pushed = {
  readonly config: Blob
  readonly layers: readonly { readonly contents: string; readonly blob: Blob | undefined }[]
}

/** What came, as an image. Throws where it is not the one of that id. */
const pushedIn = async ({ blobs, manifest }: PushIntake, id: string): Promise<Pushed> => {
  const document = parseJson(manifest() ?? '{}')
  const blobOf = (digest: string): Blob | undefined => {
    const taken = blobs.get(digest)
    return taken?.file === undefined ? undefined : { digest, size: taken.size, bytes: { file: taken.file } }
  }
  const config = blobOf(textAt(document, 'config', 'digest') ?? '')
  const digests = mapsAt(document, 'layers').map((layer) => textAt(layer, 'digest') ?? '')
  const file = config?.digest === id && 'file' in config.bytes ? config.bytes.file : undefined
  const contents = file === undefined ? [] : textListAt(parseJson(await readFile(file, 'utf8')), 'rootfs', 'diff_ids')
  if (!config || contents.length !== digests.length)
    throw new EnvironmentError('image-not-sent', `${id} was pushed, and another image came`)
  return { config, layers: digests.map((digest, index) => ({ contents: contents[index] ?? '', blob: blobOf(digest) })) }
}

/** How the node is to name the layers of the image. Throws where neither it nor the push has one. */
const layersOf = ({ layers }: Pushed, held: Layers): Layers =>
  new Map(
    layers.map(({ contents, blob }) => {
      const there = held.get(contents)
      if (there) return [contents, there]
      if (!blob) throw new EnvironmentError('image-not-sent', `neither the node nor the push has the layer ${contents}`)
      const { size, digest } = blob
      return [contents, { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size, digest }]
    }),
  )

/** The image as an OCI layout, of its layers only what came. */
async function* archiveOf(ref: string, { config, layers }: Pushed, named: Layers): AsyncGenerator<Buffer> {
  const descriptors = layers.map(({ contents }) => named.get(contents))
  const manifest = blobInMemory({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: config.size, digest: config.digest },
    layers: descriptors,
  })
  const wanted = new Set(descriptors.map((one) => textAt(one, 'digest')))
  const blobs = layers.flatMap(({ blob }) => (blob && wanted.has(blob.digest) ? [blob] : []))
  const { size, digest } = manifest
  const annotations = { 'io.containerd.image.name': qualified(ref) }
  yield* layoutArchive([{ mediaType: manifestType, size, digest, annotations }], [config, ...blobs, manifest])
  yield tarEnd
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json'
