import { identified } from '../../core/identity.ts'
import { readFile } from 'node:fs/promises'
import type { Config } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { CommandError } from '../../core/run.ts'
import type { Context, Status, Step } from '../../core/step.ts'
import type { Cluster } from '../cluster.ts'
import { buildSecretTexts } from './build-secrets.ts'
import type { ResolvedImage } from './images.ts'
import type { Publisher } from '../registry/publisher.ts'
import { nodesThatMayRun, nodesWith, type NamedNode } from '../nodes/may-run.ts'

/** On every image that is built here: the hash of all that it was made from. */
export const inputsLabel = 'dev.kindup.inputs'

export type ImageStepOptions = {
  /** Images whose repository is in it are pushed there: what a chart or a controller pulls is found too. */
  readonly registry?: Pick<Publisher, 'serves' | 'holds' | 'push'> | undefined
  /** The node containers that may run an image, by the objects that name it. Without: by the placement of its service. */
  readonly nodesOf?: (image: ResolvedImage) => readonly string[]
}

type Builder = (image: ResolvedImage, ctx: Context) => Promise<void>

/** One step for each image that has a reference: built while the cluster starts, then put into the nodes that may run it. */
export const imageSteps = (
  config: Config,
  images: readonly ResolvedImage[],
  cluster: Cluster,
  { nodesOf = (image) => nodesFor(config, image, images, cluster.nodes), registry }: ImageStepOptions = {},
): Step[] => {
  const build = oneAtATimeEach(images, cluster)
  return images.flatMap((image) => {
    const { ref } = image
    return ref === undefined
      ? []
      : [imageStep({ image, ref, cluster, build, registry, containers: () => nodesOf(image) })]
  })
}

const imageStep = (made: {
  image: ResolvedImage
  ref: string
  cluster: Cluster
  build: Builder
  registry: ImageStepOptions['registry']
  containers: () => readonly string[]
}): Step => {
  const { image, ref, cluster, build, containers } = made
  const registry = made.registry?.serves(ref) ? made.registry : undefined
  return {
    ...identified({ kind: 'image', name: image.key }),
    title: `image ${ref}`,
    // What others are only built from goes nowhere.
    needs: [...(containers().length > 0 ? ['cluster/api'] : []), ...(registry ? ['registry'] : [])],
    dies: 'with-cluster',
    inputs: { hash: hashOf([ref, image.inputs, containers()]), files: image.madeFrom ?? [] },
    status: async (ctx): Promise<Status> => {
      const built = await stands(image, ref, cluster).catch(withoutEngine)
      // An override that the engine lacks is the nodes' to pull: nothing is to be done here.
      if (built.state === 'absent' && !image.build) return { state: 'ready' }
      if (built.state !== 'ready') return built
      if (registry && !(await registry.holds(ref))) return { state: 'absent' }
      if (containers().length === 0) return built
      const missing = await cluster.missing([ref], containers(), ctx)
      return missing.length === 0 ? built : { state: 'absent' }
    },
    prepare: async (ctx) => {
      await build(image, ctx)
      cluster.loadEarly([ref], containers(), ctx)
    },
    up: async (ctx) => {
      // Also where `prepare` was not run: it looks first, and builds nothing twice.
      await build(image, ctx)
      if ((await stands(image, ref, cluster)).state === 'absent') return
      if (registry && !(await registry.holds(ref))) await registry.push(ref, ctx)
      if (containers().length === 0) return
      ctx.report('putting it into the nodes')
      await cluster.load([ref], containers(), ctx)
    },
    // It goes with the nodes. In the engine it stays: it is a cache, and may be the user's own.
    down: () => Promise.resolve(),
  }
}

/** How the engine holds it: not at all, made from something else, or as it should be. */
const stands = async (image: ResolvedImage, ref: string, cluster: Cluster): Promise<Status> => {
  const held = await (await cluster.engine()).image(ref)
  if (!held) return { state: 'absent' }
  return !image.build || held.labels[inputsLabel] === image.inputs
    ? { state: 'ready' }
    : { state: 'changed', what: 'what it is built from' }
}

/** Who asks for no cluster is asked although no engine answers. */
const withoutEngine = (error: unknown): Status => {
  if (error instanceof EnvironmentError && error.code === 'engine-unreachable')
    return { state: 'unknown', why: error.message }
  throw error
}

/** Builds bases first, each image once at a time, and none that the engine holds as it should be. */
const oneAtATimeEach = (images: readonly ResolvedImage[], cluster: Cluster): Builder => {
  const underWay = new Map<string, Promise<void>>()
  const build: Builder = (image, ctx) => {
    if (!image.build) return Promise.resolve()
    const known = underWay.get(image.key)
    if (known) return known
    const running = buildOne(image, ctx)
    underWay.set(image.key, running)
    // What was built once in a run stays; what failed may be tried again.
    running.catch(() => underWay.delete(image.key))
    return running
  }
  const buildOne: Builder = async (image, ctx) => {
    const { ref, build: request } = image
    if (ref === undefined || !request || (await stands(image, ref, cluster)).state === 'ready') return
    const bases = images.filter(({ key }) => image.bases?.includes(key))
    if (bases.length > 0) ctx.report(`waiting for ${bases.map(({ key }) => key).join(', ')}`)
    await Promise.all(bases.map((base) => build(base, ctx)))
    ctx.report('building')
    const engine = await cluster.engine()
    const byName = (image.basesByName ?? []).flatMap(({ key, reference }) => {
      const base = bases.find((one) => one.key === key)?.ref
      return base === undefined ? [] : [[reference, base] as const]
    })
    try {
      await engine.build(
        {
          ...request,
          tag: ref,
          labels: { [inputsLabel]: image.inputs },
          ...(byName.length === 0 ? {} : { bases: Object.fromEntries(byName) }),
        },
        {
          signal: ctx.signal,
          timeoutMs: ctx.timeoutMs,
          onLine: (line) => progress(line, ctx),
          secrets: await buildSecretTexts(request, process.env),
        },
      )
    } catch (error) {
      if (!(error instanceof CommandError) || error.code !== 'command-failed') throw error
      const dockerfile = await readFile(request.file, 'utf8').catch(() => '')
      const { buildFailure } = await import('./build-failure.ts')
      throw buildFailure(image, dockerfile, error, { engine: engine.command, images })
    }
  }
  return build
}

/** Builders print empty lines, and BuildKit numbers its own. */
const progress = (line: string, ctx: Context): void => {
  const text = line.replace(/^#\d+ /, '').trim()
  if (text !== '') ctx.report(text)
}

/**
 * The node containers that may run an image, as far as the file tells: those of its service's placement, or else those
 * that take pods in general. An image that others are built from, and no service's own, goes to none. This is for
 * sending early; who deploys knows the objects, and sends what is missing then.
 */
const nodesFor = (
  config: Config,
  image: ResolvedImage,
  images: readonly ResolvedImage[],
  nodes: readonly NamedNode[],
): readonly string[] => {
  const service = config.services.find(({ name }) => name === image.key)
  if (!service && images.some(({ bases }) => bases?.includes(image.key))) return []
  // Placement brings the tolerations of the nodes it chooses.
  const chosen = service?.placement ? nodesWith(service.placement, nodes) : nodesThatMayRun({}, nodes)
  return chosen.map(({ container }) => container)
}
