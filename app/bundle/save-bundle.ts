import { createReadStream } from 'node:fs'
import process from 'node:process'
import { relative } from 'node:path'
import { inParallel } from '../../core/in-parallel.ts'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import { runInto } from '../../core/run-pipe.ts'
import { cacheFolder } from '../../core/paths.ts'
import { contextOf, type WalkOptions } from '../../core/walk.ts'
import type { Engine } from '../../cluster/engine/engine.ts'
import { standInFor } from '../../cluster/engine/stand-in.ts'
import { nodeImage } from '../../cluster/kind/node-images.ts'
import type { Descriptor } from '../../cluster/layout/descriptor.ts'
import { contentKey } from '../../cluster/layout/descriptor.ts'
import { packImage, type PackedImage } from '../../cluster/layout/pack-image.ts'
import { writeLayout, type LayoutWriter } from '../../cluster/layout/write-layout.ts'
import { platformToSave } from '../../cluster/load/platform.ts'
import { takeRunLock } from '../../cluster/run-lock.ts'
import { registryImage } from '../../cluster/registry/container.ts'
import { keptAt } from '../../manifests/plain/kept.ts'
import { rendererOf } from '../../manifests/sources.ts'
import { fetchedChart } from '../../services/deploy/late-render.ts'
import type { App, WalkFlags } from '../app.ts'
import type { Environment } from '../environment.ts'
import { bundleType, type Bundle } from './bundle-file.ts'

type SaveOptions = {
  readonly app: App
  readonly flags: WalkFlags
  readonly environment: Environment
  /** Absolute path. */
  readonly file: string
  readonly report: (line: string) => void
}

/** What went into the file. */
export type SavedBundle = Pick<Bundle, 'tools' | 'files'> & { readonly images: readonly string[] }

/** Fetches the charts of the file that are not on this machine yet; false where none was missing. */
export const fetchCharts = async (
  { deployables, config, run, cluster, env }: Environment,
  signal: AbortSignal,
): Promise<void> => {
  const renderer = rendererOf({ config, run, tools: cluster.tools, env })
  for (const deployable of deployables) await fetchedChart(deployable, renderer, signal)
}

/**
 * Writes everything that `up` would fetch into one file. What cannot be had is told when all the rest is there, and the next attempt
 * goes on from it. Throws `bundle-incomplete`, `file-not-written`, `busy`.
 */
export const saveBundle = async (options: SaveOptions): Promise<SavedBundle> => {
  const { file } = options
  const lock = await takeRunLock(`${file}.lock`, 'kindup bundle save')
  try {
    const writer = await writeLayout(file, { partial: `${file}.partial`, resume: true })
    try {
      return await fill(writer, options)
    } finally {
      await writer.close()
    }
  } finally {
    await lock.release()
  }
}

const fill = async (writer: LayoutWriter, options: SaveOptions): Promise<SavedBundle> => {
  const { environment, report } = options
  const { cluster } = environment
  const engine = await cluster.engine()
  const parts: Descriptor[] = []
  const missing: { readonly what: string; readonly why: string }[] = []
  const tryTo = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof EnvironmentError) || error.code === 'file-not-written') throw error
      options.app.signal.throwIfAborted()
      missing.push({ what, why: reasonOf(error) })
      return undefined
    }
  }
  const add = async (path: string): Promise<string> => {
    const part = await writer.add(createReadStream(path), 'application/octet-stream')
    parts.push(part)
    return part.annotations?.[contentKey] ?? part.digest
  }

  const tools: Bundle['tools'][number][] = []
  for (const name of ['kind', 'kubectl', 'helm'] as const) {
    report(name)
    const tool = await tryTo(name, () => cluster.tools[name]())
    if (tool) tools.push({ name, version: tool.version, content: await add(tool.path) })
  }
  const files: Bundle['files'][number][] = []
  for (const path of await fetchedFiles(options, tryTo))
    files.push({ path: relative(cacheFolder(options.app.env), path), content: await add(path) })
  await tryTo('the images that are built', () => build(options))
  const images: PackedImage[] = []
  for (const ref of imagesOf(environment, tools.find(({ name }) => name === 'kind')?.version, options.app.env)) {
    report(`image ${ref}`)
    const packed = await tryTo(`image ${ref}`, () => pack(ref, writer, engine, options))
    if (!packed) continue
    parts.push(...packed.parts)
    images.push({ ref, id: packed.id, files: packed.files })
  }
  if (missing.length > 0)
    throw new EnvironmentError(
      'bundle-incomplete',
      ['The bundle lacks what could not be had:', ...missing.map(({ what, why }) => `${what}: ${why}`)].join('\n'),
      { hints: ['The same command again goes on from what is there.'] },
    )
  const bundle: Bundle = {
    format: 1,
    machine: `${process.platform}-${process.arch}`,
    architecture: (await engine.info()).architecture,
    tools,
    files,
    images,
  }
  const unique = new Map(parts.map((part) => [part.digest, part]))
  await writer.finish(bundleType, bundle, [...unique.values()])
  return { tools, files, images: images.map(({ ref }) => ref) }
}

/** A program's last words say more than that it failed. */
const reasonOf = (error: EnvironmentError): string => {
  const said = error instanceof CommandError ? error.stderr.trim().split('\n').at(-1) : undefined
  return said === undefined || said === '' ? (messageOf(error).split('\n')[0] ?? '') : said
}

type Try = <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>

/** Charts and manifests of others, where they lie in the cache. */
const fetchedFiles = async ({ environment, app }: SaveOptions, tryTo: Try): Promise<readonly string[]> => {
  const { deployables, config, run, cluster, env } = environment
  const renderer = rendererOf({ config, run, tools: cluster.tools, env })
  const cache = cacheFolder(app.env)
  const found = new Set<string>()
  for (const deployable of deployables) {
    const chart = await tryTo(deployable.title, () => fetchedChart(deployable, renderer, app.signal))
    for (const { path } of [chart ?? { path: undefined }, ...(chart?.published ?? [])])
      if (path !== undefined && path.startsWith(`${cache}/`)) found.add(path)
    if (deployable.source.kind === 'manifests')
      for (const path of deployable.source.paths) if (/^https?:/.test(path)) found.add(keptAt(path, cache))
  }
  return [...found].toSorted()
}

/** Images of the file are built here: the machine without a network lacks their bases. */
const build = async ({ environment: { steps, cluster }, app, flags, report }: SaveOptions): Promise<void> => {
  const walk: WalkOptions = { signal: app.signal, timeoutMs: flags.timeout, warn: (_id, text) => report(text) }
  const images = steps.filter(({ of }) => of.kind === 'image')
  await inParallel(images, 2, async (step) => step.prepare?.(contextOf(walk, step.id), true))
  await cluster.settled()
}

const imagesOf = (
  { config, images, sources }: Environment,
  kind: string | undefined,
  env: App['env'],
): readonly string[] => {
  const node = nodeImage(config.cluster.kubernetes, kind, config.at(['cluster', 'kubernetes']), env)
  const hasRegistries = Boolean(config.cluster.registry) || config.cluster.mirrors.length > 0
  return [
    ...new Set([
      ...(config.cluster.context === undefined && node !== undefined ? [node] : []),
      ...(hasRegistries ? [registryImage] : []),
      ...images.flatMap(({ ref }) => ref ?? []).toSorted(),
      ...[...sources.values()].flatMap((source) => source.images).toSorted(),
    ]),
  ]
}

const pack = async (
  ref: string,
  writer: LayoutWriter,
  engine: Engine,
  { app }: SaveOptions,
): Promise<{ readonly id: string } & Awaited<ReturnType<typeof packImage>>> => {
  if (!(await engine.image(ref))) await engine.pull(ref, { signal: app.signal })
  const id = (await engine.image(ref))?.id ?? ''
  // An archive forgets the digest that a registry gave: the image travels under a name that tells it.
  const name = standInFor(ref) ?? ref
  if (name !== ref) await engine.tag(ref, name)
  let packed: Awaited<ReturnType<typeof packImage>> | undefined
  const take = async (source: AsyncIterable<Buffer>): Promise<void> => {
    packed = await packImage(writer, source, ref)
  }
  await runInto(engine.saveCommand([name], await platformToSave(engine)), take, {
    env: app.env,
    signal: app.signal,
    timeoutMs: 15 * 60_000,
    ...(app.spawn && { spawn: app.spawn }),
  })
  if (!packed) throw new Error(`${ref} was saved without an archive`)
  return { id, ...packed }
}
