import type { Kube } from '../../cluster/kube/kube.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import type { Context } from '../../core/step.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { upgradeRelease, waitsForHooks } from '../helm/upgrade.ts'
import { containersOf, podTemplateOf } from '../../manifests/transform/pod-templates.ts'
import type { Rules } from '../../manifests/transform/rules.ts'
import { engineCommand } from './engine-command.ts'
import { applyObjects, type PlaceOf } from './apply.ts'
import { heldReplicas } from './autoscaled.ts'
import { withHookLogs } from './hook-log.ts'
import { watchHooks } from './hook-watch.ts'
import { makeAllWay } from './immutable.ts'
import type { Ready } from './late-render.ts'
import { replaceJobs } from './replace-jobs.ts'
import type { UndoDeps } from '../remove/remove.ts'
import { watched } from './watched.ts'
import { unmountedClaims } from './unmounted-claims.ts'
import { untilWebhooksAnswer } from '../remove/webhooks.ts'

type Upgrade = {
  readonly deployable: Deployable
  readonly made: Ready
  readonly rules: Rules
  readonly placeOf: PlaceOf
  /** Watches whether it gets ready. */
  readonly wait: (signal: AbortSignal) => Promise<void>
}

/** Has helm make a deployable's release so, and applies what is exposed beside it. */
export const upgrade = async (
  { deployable, made, rules: own, placeOf, wait }: Upgrade,
  { cluster, helm }: UndoDeps,
  kube: Kube,
  ctx: Context,
): Promise<void> => {
  const { source, namespace, patches } = deployable
  const { rendered, chart } = made
  if (source.kind !== 'helm' || !chart) throw new Error(`${deployable.id} has no chart`)
  const objects = rendered.objects.map(({ object }) => object)
  if ((await helm.major()) < 4) sayUntouchedHooks(deployable, made, ctx)
  await replaceJobs(kube, objects, namespace, ctx)
  await makeAllWay(kube, objects, namespace, ctx)
  const target = { kubeconfig: await cluster.kubeconfig(ctx), context: cluster.context }
  const replicas = await heldReplicas(kube, objects, namespace)
  const rules = {
    rules: replicas.length > 0 ? { ...own, replicas } : own,
    patches,
    kubectl: patches.length > 0 ? (await cluster.tools.kubectl(ctx)).path : '',
  }
  // The values of built-in add-ons are known: their hooks wait for nothing that helm would have to wait for.
  const hooked = deployable.placementBy === 'objects' && waitsForHooks(objects)
  const unmounted = hooked ? await unmountedClaims(kube, objects) : []
  const waits = hooked && unmounted.length === 0
  if (unmounted.length > 0)
    ctx.warn(
      `helm ran the hooks of ${deployable.id} without waiting for its workloads: PersistentVolumeClaim ${unmounted.join(', ')} waits for a pod that mounts it, and helm would wait for that.`,
    )
  const request = { release: source.release, namespace, chart, values: source.values, rules, waits }
  ctx.report(`helm upgrade --install ${source.release}`)
  const run = (signal: AbortSignal) => {
    const within = { ...ctx, signal }
    return untilWebhooksAnswer(() => upgradeRelease(request, target, helm, kube, within), within)
  }
  try {
    const engine = await engineCommand(cluster)
    const probe = async (signal: AbortSignal): Promise<void> => {
      const hooks = watchHooks(kube, objects, namespace, { ...ctx, signal, engine })
      await Promise.all([hooks, ...(waits ? [wait(signal)] : [])])
    }
    await watched(probe, run, ctx)
  } catch (error) {
    throw await withHookLogs(error, kube, objects, namespace, placeOf)
  }
  await applyObjects(kube, rendered.exposed, namespace, ctx)
}

/** helm 3 keeps hooks from its post-renderer. */
const sayUntouchedHooks = ({ id }: Deployable, { rendered }: Ready, ctx: Context): void => {
  const ours = new Set(rendered.replaced)
  for (const { object } of rendered.objects) {
    const images = containersOf(podTemplateOf(object)).flatMap(({ image }) => image ?? [])
    if (isHook(object) && images.some((image) => ours.has(image)))
      ctx.warn(
        `The hook ${object.kind} ${object.metadata.name} of ${id} runs the image that its chart names: helm 3 lets nobody change hooks. Set the image by a value, or use helm 4.`,
      )
  }
}
