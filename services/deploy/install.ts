import { mapsAt, numberAt } from '../../core/fields.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { showRef } from '../../cluster/kube/ref.ts'
import { waitUntilReady } from '../../cluster/ready/wait-until-ready.ts'
import type { Context } from '../../core/step.ts'
import { releaseOf, type Deployable } from '../../manifests/deployable.ts'
import { definedKind } from '../../manifests/kinds/built-in.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { placeIn, writtenAs } from '../../manifests/source/places.ts'
import { applyObjects, type PlaceOf } from './apply.ts'
import { engineCommand } from './engine-command.ts'
import { askFirst, type Asked } from './foreseen.ts'
import { thereAmong } from './there-among.ts'
import { ensureNamespace } from '../remove/namespaces.ts'
import { imageNodes, shipments, verifyPlacement } from './pods.ts'
import { moveOver } from './move-over.ts'
import { checkStorageClasses } from './storage-classes.ts'
import { retryStuckPods } from './stuck-pods.ts'
import { takenFromMakers } from '../remove/keep-made.ts'
import { claimsLeft, nothing, without, type Undo } from '../remove/undo.ts'
import { removeObjects, removeDeployed, type UndoDeps } from '../remove/remove.ts'
import { notReady } from '../../cluster/ready/node-readiness.ts'

export type Installation = {
  readonly deployable: Pick<
    Deployable,
    'id' | 'namespace' | 'source' | 'delivery' | 'makes' | 'creates' | 'apiServices' | 'placement'
  >
  readonly objects: readonly KubeObject[]
  /** References that the objects name. */
  readonly images?: readonly string[]
  /** Has helm bring those that are its release's and applies the others, or has a GitOps controller deploy all. Left out: all are applied. */
  readonly bring?: (kube: Kube, wait: (signal: AbortSignal) => Promise<void>) => Promise<void>
  readonly placeOf?: PlaceOf
  readonly written?: Rendered['written']
  /** What an earlier run made. */
  readonly before: Undo | undefined
  readonly now: Undo
  /** Once it is ready and where it belongs. */
  readonly after: (ctx: Context) => Promise<void>
}

/** Makes a deployable so, from any state, and returns once it is ready, where it belongs, and answers as it should. */
export const install = async (installation: Installation, deps: UndoDeps, ctx: Context): Promise<void> => {
  const { deployable, objects, bring, now } = installation
  const { cluster } = deps
  const { id, namespace, apiServices } = deployable
  const release = releaseOf(deployable)?.release
  const kube = await cluster.kube(ctx)
  await checkStorageClasses(kube, objects, namespace, ctx, installation.placeOf)
  const defined = new Set(
    objects.flatMap((object) => definedKind(object) ?? []).map(({ group, kind }) => `${group}/${kind}`),
  )
  const asked = {
    namespace,
    byHelm: release !== undefined,
    isAwaited: (object: KubeObject) => defined.has(groupKind(object)),
    placeOf: lineOf(installation),
  }
  const homeless = await askFirst(kube, { ...asked, objects })
  const earlier =
    installation.before && deps.staying
      ? await takenFromMakers(deps, installation.before, deps.staying, ctx)
      : installation.before
  const before = earlier && (await moveOver(kube, { id, namespace, objects, before: earlier, now }, ctx))
  const stale = before ? without(before, now) : nothing
  for (const ref of before ? claimsLeft(before, now) : []) {
    const where = ref.namespace === undefined ? '' : ` --namespace ${ref.namespace}`
    if (await kube.get(ref))
      ctx.warn(
        `${showRef(ref)} stays with its data, though the file no longer has it. \`kubectl delete ${ref.kind.toLowerCase()} ${ref.name}${where}\` deletes both.`,
      )
  }
  // helm refuses what others made: what it is to bring now has to be gone first. Otherwise the old serves until the new is there.
  const first = release !== undefined ? stale : { ...stale, objects: inTheWay(stale.objects, objects) }
  await removeDeployed(id, { ...first, namespaces: [] }, deps, ctx)
  const own = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name))
  for (const name of now.namespaces.filter((one) => !isMadeElsewhere(deployable, one))) {
    const adoptable = own.has(name) ? release : undefined
    if (!own.has(name) || name === namespace) await ensureNamespace(kube, name, cluster.config.name, ctx, adoptable)
  }
  if (homeless.length > 0) await askFirst(kube, { ...asked, objects: homeless })
  ctx.report('putting images into the nodes')
  for (const { images, containers } of shipments(imageNodes(objects, cluster.nodes, installation.images)))
    await cluster.load(images, containers, ctx)

  // What the remote does not hold, nobody deploys.
  const awaited = async () => (deployable.delivery?.remote ? thereAmong(kube, objects, namespace) : objects)
  const [engine, starts] = await Promise.all([engineCommand(cluster), cluster.nodeStarts(ctx)])
  await followingNodes(kube, cluster.nodes.length, ctx.signal, async (nodesReady) => {
    const wait = async (signal: AbortSignal) =>
      waitUntilReady(
        kube,
        { objects: await awaited(), apiServices, namespace },
        { ...ctx, signal },
        { nodesReady, engine, starts },
      )
    if (bring) await bring(kube, wait)
    else await applyObjects(kube, objects, namespace, ctx, installation.placeOf)
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
  await removeDeployed(id, { ...nothing, namespaces: stale.namespaces }, deps, ctx)
  if (deployable.placement) await verifyPlacement(kube, objects, deployable.placement, cluster.nodes, namespace)
  await installation.after(ctx)
}

/** Namespaces of Applications that do not ask for them are somebody else's to make. */
const isMadeElsewhere = ({ namespace, makes = [], creates = [] }: Installation['deployable'], name: string): boolean =>
  name !== namespace && !creates.includes(name) && makes.some((one) => one.namespace === name)

/** The line of what stands at a path of an object, or where the object begins. */
export const lineOf =
  ({ written, placeOf }: Pick<Installation, 'written' | 'placeOf'>): Asked['placeOf'] =>
  async (object, path) =>
    (written && placeIn(writtenAs(await written(), object), path)) ?? placeOf?.(object)

/** What only one object of a cluster can have, the old one has to give away first: a node port, a host name of the Ingress. */
const inTheWay = (stale: Undo['objects'], objects: readonly KubeObject[]): Undo['objects'] => {
  const claims = new Set(objects.filter(isClaim).map(({ kind }) => kind))
  return stale.filter(({ kind }) => claims.has(kind))
}

const isClaim = (object: KubeObject): boolean => {
  const ports = mapsAt(object, 'spec', 'ports')
  return (
    object.kind === 'Ingress' ||
    (object.kind === 'Service' && ports.some((port) => numberAt(port, 'nodePort') !== undefined))
  )
}

/** Follows the nodes while `use` works; it can ask whether all `count` of them have joined and are Ready. */
const followingNodes = async <T>(
  kube: Kube,
  count: number,
  signal: AbortSignal,
  use: (nodesReady: () => boolean) => Promise<T>,
): Promise<T> => {
  const stop = new AbortController()
  let ready = false
  const follow = async (): Promise<void> => {
    for await (const nodes of kube.watch({ apiVersion: 'v1', kind: 'Node' }, AbortSignal.any([signal, stop.signal])))
      ready = nodes.length >= count && nodes.every((node) => notReady(node) === undefined)
  }
  // What the API refuses here it refuses to the wait itself too, which says so.
  const following = follow().catch(() => undefined)
  try {
    return await use(() => ready)
  } finally {
    stop.abort()
    await following
  }
}
