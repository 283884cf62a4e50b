import type { MadeCluster } from '../../cluster/make-cluster.ts'
import type { Destinations } from '../../cluster/images/copied.ts'
import { addLayer, heldImage } from '../../cluster/load/add-layer.ts'
import type { HeldImage } from '../../cluster/load/layered-image.ts'
import { makeExecIn } from '../../cluster/kube/exec.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { waitUntilReady } from '../../cluster/ready/wait-until-ready.ts'
import { KindupError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import { containersOf, podTemplateOf } from '../../manifests/transform/pod-templates.ts'
import { imageNodes } from '../deploy/pods.ts'
import { layerOf, readSynced } from './files.ts'
import { SyncRefused } from './refused.ts'
import { replacePods } from '../deploy/replace-pods.ts'
import { sendFiles } from './send.ts'

/** What runs an image: a service in one environment. */
export type SyncTarget = { readonly id: string; readonly namespace: string; readonly objects: readonly KubeObject[] }

export type SyncTask = {
  /** The reference that the pods run. */
  readonly ref: string
  /** Absolute folder of the build context; paths are relative to it. */
  readonly context: string
  /** What the containers do not have yet. */
  readonly changed: readonly string[]
  /** All that is not as it was built: what the image gets that new containers begin with. */
  readonly touched: readonly string[]
  readonly placesOf: (path: string) => Destinations
  /** The processes are started again afterwards. */
  readonly restart: boolean
  readonly targets: readonly SyncTarget[]
}

/** What is found out once for an image, until it is built again. */
export type SyncMemory = { held?: Promise<HeldImage>; isMarked?: boolean }

/**
 * Puts saved files into the image that the nodes hold and into every container that runs it. Returns once no container
 * is left that has the old ones. Throws SyncRefused where the image has to be built instead.
 */
export const syncFiles = async (
  task: SyncTask,
  cluster: Pick<
    MadeCluster,
    'engine' | 'run' | 'nodes' | 'imageStores' | 'kube' | 'record' | 'kubeconfig' | 'context' | 'access'
  >,
  memory: SyncMemory,
  ctx: Context,
): Promise<void> => {
  const { ref, context, changed, touched, placesOf, restart, targets } = task
  const [kube, engine, files, all] = await Promise.all([
    cluster.kube(ctx),
    cluster.engine(),
    readSynced(context, changed, placesOf),
    readSynced(context, touched, placesOf),
  ])
  const nodes = [...new Set(targets.flatMap(({ objects }) => imageNodes(objects, cluster.nodes).get(ref) ?? []))]
  const [first] = nodes
  if (first === undefined) throw new SyncRefused(`No node may run ${ref}.`)
  // Whoever comes later has to know that the containers are not what their image says.
  if (memory.isMarked !== true) {
    cluster.access.reread()
    const record = await cluster.record(ctx)
    for (const { id } of targets) await record.markSynced(id)
    memory.isMarked = true
  }
  const layering = async (): Promise<void> => {
    try {
      memory.held ??= heldImage(engine, first, ref)
      const [held, layer] = await Promise.all([memory.held, layerOf(all)])
      const { run, imageStores } = cluster
      await addLayer({ engine, run, imageStores }, { ref, held, layer, containers: nodes }, ctx.signal)
    } catch (error) {
      delete memory.held
      if (ctx.signal.aborted || !(error instanceof KindupError)) throw error
      throw new SyncRefused(`The image in the nodes could not be given the files: ${error.message}`)
    }
  }
  if (restart) {
    await layering()
    await startAgain(kube, cluster, task, ctx)
    return
  }
  const execIn = await makeExecIn(await cluster.kubeconfig(ctx), cluster.context)
  const namespaces = [...new Set(targets.flatMap(namespacesOf(ref)))]
  await sendFiles({ kube, execIn, ref, namespaces, files, layering: layering(), signal: ctx.signal })
}

const namespacesOf =
  (ref: string) =>
  ({ objects, namespace }: SyncTarget): readonly string[] =>
    objects
      .filter((object) => containersOf(podTemplateOf(object)).some(({ image }) => image === ref))
      .map(({ metadata }) => metadata.namespace ?? namespace)

const startAgain = async (
  kube: Kube,
  cluster: Pick<MadeCluster, 'engine'>,
  { ref, targets }: SyncTask,
  ctx: Context,
): Promise<void> => {
  const { command: engine } = await cluster.engine()
  await Promise.all(
    targets.map(async ({ objects, namespace }) => {
      await replacePods(kube, objects, namespace, [ref])
      await waitUntilReady(kube, { objects, namespace, apiServices: [] }, ctx, { nodesReady: () => true, engine })
    }),
  )
}
