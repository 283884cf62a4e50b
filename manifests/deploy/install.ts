import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import { waitUntilReady } from '../../cluster/ready/wait-until-ready.ts'
import { stopReason } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import type { Deployable } from '../deployable.ts'
import { upgradeRelease, waitsForHooks } from '../helm/upgrade.ts'
import { rulesFor } from '../source/finish.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'
import { applyObjects, replaceJobs } from './apply.ts'
import { withHookLogs } from './hook-log.ts'
import type { Ready } from './late-render.ts'
import { ensureNamespace } from './namespaces.ts'
import { followingNodes } from './nodes-ready.ts'
import { imageNodes, shipments, verifyPlacement } from './pods.ts'
import { retryStuckPods } from './stuck-pods.ts'
import { nothing, removeObjects, takeAway, without, type Undo } from './undo.ts'
import type { WorkDeps } from './work.ts'

type Installation = {
  readonly deployable: Deployable
  readonly made: Ready
  /** What an earlier run made. */
  readonly before: Undo | undefined
  readonly now: Undo
  /** Once it is ready, before it is tested. */
  readonly after?: (ctx: Context) => Promise<void>
}

/** Makes a deployable so, from any state, and returns once it is ready, where it belongs, and answers as it should. */
export const install = async (installation: Installation, deps: WorkDeps, ctx: Context): Promise<void> => {
  const { deployable, made, before, now } = installation
  const { cluster } = deps
  const { id, namespace, source, apiServices } = deployable
  const kube = await cluster.kube(ctx)
  const objects = [...made.rendered.objects.map(({ object }) => object), ...made.rendered.exposed]
  const stale = before ? without(before, now) : nothing
  // helm refuses what others made: what it is to bring now has to be gone first. Otherwise the old serves until the new is there.
  const first = source.kind === 'helm' ? stale : { ...stale, objects: inTheWay(stale.objects, objects) }
  await takeAway(id, { ...first, namespaces: [] }, deps, ctx)
  const own = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name))
  for (const name of now.namespaces) {
    const adoptable = source.kind === 'helm' && own.has(name) ? source.release : undefined
    if (!own.has(name) || name === namespace) await ensureNamespace(kube, name, cluster.config.name, ctx, adoptable)
  }
  ctx.report('putting images into the nodes')
  for (const { images, containers } of shipments(imageNodes(objects, cluster.nodes)))
    await cluster.load(images, containers, ctx)

  await followingNodes(kube, cluster.nodes.length, ctx.signal, async (nodesReady) => {
    const wait = (signal: AbortSignal) =>
      waitUntilReady(
        kube,
        { objects, apiServices, namespace },
        { ...ctx, signal },
        { what: deployable.title, nodesReady },
      )
    if (source.kind === 'helm') await upgrade(installation, deps, kube, wait, ctx)
    else await applyObjects(kube, objects, namespace, ctx)
    if (before) await retryStuckPods(kube, objects, namespace)
    ctx.report('waiting until it is ready')
    await wait(ctx.signal)
  })
  // What went first may be there again: helm brings objects of the same names.
  const gone = new Set(first.objects)
  await removeObjects(
    kube,
    id,
    stale.objects.filter((object) => !gone.has(object)),
    ctx,
  )
  await takeAway(id, { ...nothing, namespaces: stale.namespaces }, deps, ctx)
  if (deployable.placement) await verifyPlacement(kube, objects, deployable.placement, cluster.nodes, namespace)
  await installation.after?.(ctx)
  await deployable.verify?.(cluster, ctx)
}

/** What only one object of a cluster can have, the old one has to give away first: a node port, a host name of the Ingress. */
const inTheWay = (stale: Undo['objects'], objects: readonly KubeObject[]): Undo['objects'] => {
  const claims = new Set(objects.filter(isClaim).map(({ kind }) => kind))
  return stale.filter(({ kind }) => claims.has(kind))
}

const isClaim = (object: KubeObject): boolean => {
  const { ports = [] } = (object['spec'] ?? {}) as { readonly ports?: readonly { readonly nodePort?: number }[] }
  return (
    object.kind === 'Ingress' || (object.kind === 'Service' && ports.some(({ nodePort }) => nodePort !== undefined))
  )
}

const upgrade = async (
  { deployable, made }: Installation,
  { cluster, helm, whole }: WorkDeps,
  kube: Kube,
  wait: (signal: AbortSignal) => Promise<void>,
  ctx: Context,
): Promise<void> => {
  const { source, namespace, patches } = deployable
  const { rendered, chart } = made
  if (source.kind !== 'helm' || !chart) throw new Error(`${deployable.id} has no chart`)
  const objects = rendered.objects.map(({ object }) => object)
  if ((await helm.major()) < 4) sayUntouchedHooks(deployable, made, ctx)
  await replaceJobs(kube, objects, namespace, ctx)
  const target = { kubeconfig: await cluster.kubeconfig(ctx), context: cluster.context }
  const rules = {
    rules: rulesFor(deployable, whole),
    patches,
    kubectl: patches.length > 0 ? (await cluster.tools.kubectl(ctx)).path : '',
  }
  // The values of built-in add-ons are known: their hooks wait for nothing that helm would have to wait for.
  const waits = deployable.placementBy === 'objects' && waitsForHooks(objects)
  const request = { release: source.release, namespace, chart, values: source.values, rules, waits }
  ctx.report(`helm upgrade --install ${source.release}`)
  const run = (signal: AbortSignal) => upgradeRelease(request, target, helm, kube, { ...ctx, signal })
  try {
    await (waits ? watched(wait, run, ctx) : run(ctx.signal))
  } catch (error) {
    throw await withHookLogs(error, kube, objects, namespace)
  }
  await applyObjects(kube, rendered.exposed, namespace, ctx)
}

/** helm waits out its whole time for what cannot heal: the watch beside it ends that. */
const watched = async (
  watch: (signal: AbortSignal) => Promise<void>,
  work: (signal: AbortSignal) => Promise<void>,
  ctx: Context,
): Promise<void> => {
  const stop = new AbortController()
  const signal = AbortSignal.any([ctx.signal, stop.signal])
  const worked = work(signal)
  const failed = watch(signal).then(
    () => undefined,
    (error: unknown) => {
      if (!signal.aborted) stop.abort(error)
    },
  )
  try {
    await worked
  } catch (error) {
    if (ctx.signal.aborted) throw stopReason(ctx.signal)
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    stop.abort()
    await failed
  }
}

/** helm 3 keeps hooks from its post-renderer. */
const sayUntouchedHooks = ({ id }: Deployable, { rendered }: Ready, ctx: Context): void => {
  const ours = new Set(rendered.replaced)
  for (const { object } of rendered.objects) {
    const images = containersOf(podTemplateOf(object)?.spec).flatMap(({ image }) => image ?? [])
    if (isHook(object) && images.some((image) => ours.has(image)))
      ctx.warn(
        `The hook ${object.kind} ${object.metadata.name} of ${id} runs the image that its chart names: helm 3 lets nobody change hooks. Set the image by a value, or use helm 4.`,
      )
  }
}
