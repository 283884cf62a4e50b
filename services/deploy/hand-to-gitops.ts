import type { Cluster } from '../../cluster/cluster.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { dropHalfSent, registryFull } from '../../cluster/registry/full.ts'
import { registryName } from '../../cluster/registry/names.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import type { Delivery } from '../../gitops/delivery.ts'
import type { Deployer, Parcel } from '../../gitops/deployer.ts'
import { deployerFor } from '../../gitops/deployers.ts'
import type { Named } from '../../gitops/named.ts'
import { isBuiltIn } from '../../manifests/kinds/built-in.ts'
import { groupOf } from '../../manifests/kinds/kind.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import type { PlaceOf } from './apply.ts'
import { autoscaled } from './autoscaled.ts'
import { awaitHookJobs, clearHookJobs } from './hook-jobs.ts'
import { withHookLogs } from './hook-log.ts'
import { watchHooks } from './hook-watch.ts'
import { makeAllWay } from './immutable.ts'
import { replaceJobs } from './replace-jobs.ts'
import { hooksAt, runHooks } from './run-hooks.ts'
import { watchMade } from './watch-made.ts'
import { watched } from './watched.ts'

type Handed = {
  readonly id: string
  readonly namespace: string
  readonly delivery: Delivery
  readonly objects: readonly KubeObject[]
  readonly placeOf?: PlaceOf | undefined
  /** Watches whether it gets ready. */
  readonly wait: (signal: AbortSignal) => Promise<void>
}

/** Has a GitOps controller deploy all of it, and returns once it has. */
export const handToGitOps = async (handed: Handed, cluster: Cluster, kube: Kube, ctx: Context): Promise<void> => {
  const { id, namespace, delivery, objects, placeOf, wait } = handed
  const isHere = delivery.remote === undefined
  if (isHere) {
    await refuseFarRegistry(cluster, delivery)
    await replaceJobs(kube, objects, namespace, ctx)
    await makeAllWay(kube, objects, namespace, ctx)
  }
  const deployer = deployerFor(delivery)
  if (deployer.runsHooks && isHere) await clearHookJobs(kube, objects, namespace, ctx)
  const scaled = await autoscaled(kube, objects, namespace)
  const begun = Promise.withResolvers<void>()
  const parcel: Parcel = {
    delivery,
    objects,
    namespace,
    labels: { [labels.cluster]: cluster.config.name, [labels.step]: stepLabel(id) },
    scaled,
    hasCustomKinds: objects.some((object) => !isBuiltIn(object)),
    placeOf: (named: Named) => {
      const found = objects.find((object) => isNamed(object, named, namespace))
      return found && placeOf?.(found)
    },
    onBegun: () => begun.resolve(),
  }
  // Before anything is applied, pods are those of before: what is wrong with them says nothing.
  const watch = async (signal: AbortSignal): Promise<void> => {
    signal.addEventListener('abort', () => begun.resolve(), { once: true })
    await begun.promise
    if (!signal.aborted) await wait(signal)
  }
  try {
    // Hooks of what the remote holds are run by who reads it.
    if (!isHere) await watched(watch, (signal) => deployer.deliver(kube, parcel, { ...ctx, signal }), ctx)
    else if (deployer.runsHooks) {
      await watched(watch, (signal) => deployer.deliver(kube, parcel, { ...ctx, signal }), ctx)
      await awaitHookJobs(kube, objects, namespace, ctx)
    } else {
      const engine = (await cluster.engine()).command
      const probe = async (signal: AbortSignal): Promise<void> => {
        const own = { ...ctx, signal }
        const made = deployer.made && watchMade({ kube, cluster, find: () => deployer.made!(kube, objects) }, own)
        await Promise.all([watch(signal), watchHooks(kube, objects, namespace, { ...own, engine }), made])
      }
      await watched(probe, (signal) => deliverAmongHooks(deployer, kube, parcel, wait, { ...ctx, signal }), ctx)
    }
  } catch (error) {
    if (error instanceof EnvironmentError && error.code === 'registry-full')
      throw await withRoom(error, cluster, delivery)
    throw await withHookLogs(error, kube, objects, namespace, placeOf)
  }
}

/** What of it was sent in part goes: it would take the room of whatever is smaller. */
const withRoom = async (cause: EnvironmentError, cluster: Cluster, delivery: Delivery): Promise<EnvironmentError> => {
  const { port, repository } = delivery
  const engine = await cluster.engine()
  const container = registryName(port)
  await dropHalfSent(engine, container, repository)
  return registryFull({ host: `localhost:${port}`, container, what: repository, engine: engine.command, cause })
}

const deliverAmongHooks = async (
  deployer: Deployer,
  kube: Kube,
  parcel: Parcel,
  wait: Handed['wait'],
  ctx: Context,
): Promise<void> => {
  const { objects, namespace } = parcel
  await runHooks(kube, objects, 'before', namespace, ctx)
  await deployer.deliver(kube, parcel, ctx)
  if (hooksAt(objects, 'after').length === 0) return
  await wait(ctx.signal)
  await runHooks(kube, objects, 'after', namespace, ctx)
}

const isNamed = ({ apiVersion, kind, metadata }: KubeObject, named: Named, home: string): boolean =>
  kind === named.kind &&
  metadata.name === named.name &&
  (named.group === undefined || groupOf(apiVersion) === named.group) &&
  (named.namespace === '' || (metadata.namespace ?? home) === named.namespace)

/** What is pushed goes to a port of this machine, and an engine elsewhere publishes ports there. */
const refuseFarRegistry = async (cluster: Cluster, { port }: Delivery): Promise<void> => {
  const { host } = await (await cluster.engine()).reach()
  if (host === undefined) return
  throw new EnvironmentError(
    'registry-elsewhere',
    `The container engine runs on ${host}, and its registry localhost:${port} is reached there alone: nothing can be handed to a GitOps controller from here.`,
    { hints: ['Use an engine on this machine, or take gitops away: the service is then deployed directly.'] },
  )
}
