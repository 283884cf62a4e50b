import { identified, idOf, type Identity } from '../core/identity.ts'
import { findEngine } from '../cluster/engine/find.ts'
import type { ResolvedImage } from '../cluster/images/images.ts'
import { resolveImages } from '../cluster/images/resolve.ts'
import { imageSteps } from '../cluster/images/steps.ts'
import { makeCluster, type MadeCluster } from '../cluster/make-cluster.ts'
import { clusterPaths } from '../cluster/paths.ts'
import { nameIn } from '../cluster/reference.ts'
import { takeRunLock } from '../cluster/run-lock.ts'
import type { Config } from '../config/config.ts'
import { ConfigError, usageError } from '../core/errors.ts'
import { makePlan } from '../core/plan.ts'
import type { Context, Step } from '../core/step.ts'
import { nameHint } from '../core/suggest.ts'
import { toolsHere } from '../cluster/tools/tools-here.ts'
import type { App, CommonFlags } from '../app/app.ts'
import { fileOf } from '../app/file-here.ts'
import { version } from '../app/version.ts'
import { walkShown } from '../app/walk-shown.ts'
import { runOf } from '../app/run-of.ts'

export type PublishFlags = CommonFlags & { readonly image: readonly string[]; readonly set: readonly string[] }

type Published = {
  readonly name: string
  readonly ref: string
  readonly pushed: readonly string[]
  readonly digest: string
}

/** `image publish`: builds what is needed and pushes it into the local registry, as a release does to a public one. Wants no cluster. */
export const imagePublish = async (app: App, names: readonly string[], flags: PublishFlags): Promise<void> => {
  const config = await fileOf(app, flags)
  const lock = await takeRunLock(clusterPaths(config.name, app.env).lock, 'kindup image publish')
  try {
    await publish(app, flags, config, names)
  } finally {
    await lock.release()
  }
}

const publish = async (app: App, flags: PublishFlags, config: Config, names: readonly string[]): Promise<void> => {
  const terminal = app.terminal(flags)
  const run = runOf(app)
  const warn = (text: string): void => terminal.err(`${terminal.colour.yellow('!')} ${text}`)
  const images = await resolveImages(config, { run, env: app.env, warn })
  const chosen = choose(config, images, names)
  const cluster = makeCluster({
    config,
    run,
    tools: toolsHere({ want: config.tools, run, env: app.env, signal: app.signal }),
    env: app.env,
    version: version(),
    signal: app.signal,
    engine: findEngine(config, run, app.env),
  })
  const published: Published[] = []
  const steps = stepsFor(config, images, chosen, cluster, (one) => published.push(one))
  const plan = makePlan(steps, new Map(steps.map(({ id }) => [id, { state: 'absent' }])))
  await walkShown(
    plan,
    { signal: app.signal, timeoutMs: flags.timeout, warn: (_id, text) => warn(text) },
    terminal,
    config.name,
  )
  const sorted = chosen.flatMap(({ key }) => published.find(({ name }) => name === key) ?? [])
  const registry = cluster.registry?.host
  if (flags.json) terminal.json({ registry, images: sorted })
  else for (const { pushed, digest } of sorted) for (const ref of pushed) terminal.out(`${ref}@${digest}`)
}

/** The registry, and behind it each image: built meanwhile, tagged and pushed. */
const stepsFor = (
  config: Config,
  images: readonly ResolvedImage[],
  chosen: readonly (ResolvedImage & { readonly ref: string })[],
  cluster: MadeCluster,
  done: (published: Published) => void,
): readonly Step[] => {
  const { registry } = cluster
  if (!registry)
    throw new ConfigError('The file has no local registry to publish to.', {
      hints: ['cluster: { registry: true }'],
      problems: [{ message: 'cluster.registry is off.', at: config.at(['cluster', 'registry']), severity: 'error' }],
    })
  const built = new Map(imageSteps(config, images, cluster).map((step) => [step.id, step]))
  const push = async ({ key, ref }: { readonly key: string; readonly ref: string }, ctx: Context): Promise<void> => {
    const engine = await cluster.engine()
    if (!(await engine.image(ref))) await engine.pull(ref, { signal: ctx.signal })
    const pushed = [...new Set([nameIn(ref, registry.host), nameIn(ref, registry.host, 'latest')])]
    const digests: string[] = []
    for (const name of pushed) {
      if (name !== ref) await engine.tag(ref, name)
      digests.push(await registry.push(name, ctx))
    }
    done({ name: key, ref, pushed, digest: digests[0] ?? '' })
  }
  return [
    doing({ kind: 'registry' }, `Registry ${registry.host}`, { up: (ctx) => registry.ensure(ctx) }),
    ...chosen.map((image) => {
      const step = built.get(idOf({ kind: 'image', name: image.key }))
      return doing({ kind: 'image', name: image.key }, `image ${image.ref}`, {
        needs: ['registry'],
        ...(step?.prepare && { prepare: (ctx: Context, isDue: boolean) => step.prepare!(ctx, isDue) }),
        up: (ctx) => push(image, ctx),
      })
    }),
  ]
}

/** One that is always done: what is there already is found by the work itself. */
const doing = (of: Identity, title: string, parts: Pick<Step, 'needs' | 'prepare' | 'up'>): Step => ({
  ...identified(of),
  title,
  dies: 'by-itself',
  status: () => Promise.resolve({ state: 'absent' }),
  down: () => Promise.resolve(),
  ...parts,
})

const choose = (config: Config, images: readonly ResolvedImage[], names: readonly string[]) => {
  const known = images.map(({ key }) => key)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw usageError(`There is no image ${unknown} in ${config.file}.`, nameHint(unknown, known, 'There are none.'))
  return images.flatMap((image) => {
    const { ref } = image
    return ref === undefined || (names.length > 0 && !names.includes(image.key)) ? [] : [{ ...image, ref }]
  })
}
