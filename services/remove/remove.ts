import type { Cluster } from '../../cluster/cluster.ts'
import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { deleteWithDeployed } from './deployed-by.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import type { Helm } from '../../manifests/helm/helm.ts'
import { revisionsOf } from '../helm/release.ts'
import { deployerOf } from '../../gitops/deployers.ts'
import { uninstallRelease } from '../helm/upgrade.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { removeClaims, volumesOf } from './claims.ts'
import { showClaim } from '../../cluster/kube/show-claim.ts'
import { removeCustomResources, removeKeptDefinitions, withoutUsed } from './custom-resources.ts'
import { deleteForGood } from './gone.ts'
import { removeNamespace } from './namespaces.ts'
import { inRemovalOrder } from './order.ts'
import { ownBeside } from './own.ts'
import type { Undo } from './undo.ts'
import { untilWebhooksAnswer } from './webhooks.ts'
import { EnvironmentError } from '../../core/errors.ts'

export type UndoDeps = {
  readonly cluster: Cluster
  readonly helm: Helm
  /** Namespaces that other steps of the file use. */
  readonly wanted: (id: string) => ReadonlySet<string>
  /** What the file deploys, where it was read. */
  readonly staying?: readonly Deployable[]
}

/** Takes away what `undo` names, from any state; what is not there is no error. Only releases and objects of the step's own are touched. */
export const removeDeployed = async (id: string, undo: Undo, deps: UndoDeps, ctx: Context): Promise<void> => {
  const beside = await ownBeside(deps.cluster, id, ctx)
  await takeObjectsAway(id, undo, deps, ctx)
  const kube = await deps.cluster.kube(ctx)
  const wanted = deps.wanted(id)
  for (const namespace of undo.namespaces)
    if (!wanted.has(namespace)) await removeNamespace(kube, namespace, beside, ctx)
}

/** The same, and leaves the namespaces. A webhook that has to be asked and does not answer is waited for, and then named. */
export const takeObjectsAway = async (
  id: string,
  undo: Undo,
  { cluster, helm }: Pick<UndoDeps, 'cluster' | 'helm'>,
  ctx: Context,
): Promise<void> => {
  const { kube, uninstall } = await removingFrom({ cluster, helm }, ctx)
  const volumes = await volumesOf(kube, id, undo)
  const take = async (): Promise<void> => {
    await removeApplications({ kube, uninstall }, undo.applications, ctx)
    await removeCustomResources(kube, id, undo.customKinds, ctx)
    for (const name of undo.releases) {
      if ((await revisionsOf(kube, name)).length > 0) await uninstall(name)
      await removeKeptDefinitions(kube, name, ctx)
    }
    await removeHooks(kube, undo.hooks, ctx)
    await removeOwn({ kube, uninstall }, undo.objects, ctx, (live) => isStepsOwn(id, live) || isDeployedBy(undo, live))
    await removeClaims(kube, undo.claims, ctx)
  }
  await untilWebhooksAnswer(take, ctx)
  await sayDeleted(kube, volumes, ctx)
}

/** What deletes objects of a cluster, and releases that they made there. */
export const removingFrom = async (
  { cluster, helm }: Pick<UndoDeps, 'cluster' | 'helm'>,
  ctx: Context,
): Promise<Removing> => ({
  kube: await cluster.kube(ctx),
  uninstall: async (name) => {
    ctx.report(`uninstalling ${name.release}`)
    const target = { kubeconfig: await cluster.kubeconfig(ctx), context: cluster.context }
    await uninstallRelease(name, target, helm, ctx)
  },
})

/** Data is not deleted without a word. */
const sayDeleted = async (kube: Kube, volumes: readonly KubeObject[], ctx: Context): Promise<void> => {
  const there = await Promise.all(volumes.map((claim) => kube.get(refOf(claim))))
  const gone = volumes.filter((claim, index) => there[index]?.metadata.uid !== claim.metadata.uid)
  if (gone.length > 0) ctx.warn(`Deleted with all data: ${gone.map(showClaim).join(', ')}.`)
}

/** With all that they deployed: their finalizer has the controller delete that first. */
const removeApplications = async (removing: Removing, refs: readonly Ref[], ctx: Context): Promise<void> => {
  const { kube } = removing
  const found = await Promise.all(refs.map((ref) => stillThere(kube, ref, ctx)))
  // One after the other: what reads for a controller goes after what it applies by.
  for (const ref of refs.filter((_ref, index) => found[index] !== undefined)) {
    const { title, goOn, trouble, brought } = deployerOf(ref)
    // What is paused deletes nothing, whoever deletes it.
    const below = await brought(kube, ref)
    for (const one of [...below, ref]) await goOn(kube, one)
    ctx.report(`having ${title} delete what ${ref.name} deployed`)
    const isDown = (await trouble(kube, ref.namespace ?? '')) !== undefined
    for (const one of [ref, ...below])
      await deleteWithDeployed(removing, [one], ctx, isDown ? patienceMs.down : patienceMs.atWork)
  }
}

/** Pods that end slowly are waited for by Argo CD; a controller that does not run deletes nothing. In milliseconds. */
const patienceMs = { atWork: 180_000, down: 2_000 }

/** helm's hooks carry no name of their release: what is no hook at all is somebody else's of the same name. */
const removeHooks = async (kube: Kube, refs: readonly Ref[], ctx: Context): Promise<void> => {
  const found = await Promise.all(refs.map((ref) => stillThere(kube, ref, ctx)))
  const hooks = refs.filter((_ref, index) => found[index]?.metadata.annotations?.['helm.sh/hook'] !== undefined)
  await deleteForGood(kube, hooks, ctx)
}

/**
 * Deletes the objects that still carry this step's label: one that another step took over stays, and a definition of
 * which objects are left. Namespaces are for `removeNamespace`, which looks what is in them.
 */
export const removeObjects = (kube: Kube, id: string, refs: readonly Ref[], ctx: Context): Promise<void> =>
  removeOwn({ kube, uninstall: nothingToUninstall }, refs, ctx, (live) => isStepsOwn(id, live))

export type Removing = Parameters<typeof deleteWithDeployed>[0]

/** Releases are no objects: who takes those away does so before. */
const nothingToUninstall = (): Promise<void> => Promise.resolve()

const isStepsOwn = (id: string, { metadata }: KubeObject): boolean => metadata.labels?.[labels.step] === stepLabel(id)

/** What a git remote brought has no label of ours where nobody could set it, and the mark of its controller. */
const isDeployedBy = ({ applications }: Undo, live: KubeObject): boolean =>
  applications.some((ref) => deployerOf(ref).isOf(live, ref) && !deployerOf(ref).keeps(live))

const removeOwn = async (
  removing: Removing,
  refs: readonly Ref[],
  ctx: Context,
  isOurs: (live: KubeObject) => boolean,
): Promise<void> => {
  const { kube } = removing
  for (const group of inRemovalOrder(refs.filter(({ kind }) => kind !== 'Namespace'))) {
    const found = await Promise.all(group.map((ref) => stillThere(kube, ref, ctx)))
    const labelled = group.filter((_ref, index) => {
      const live = found[index]
      return live !== undefined && isOurs(live)
    })
    const ours = await withoutUsed(kube, labelled, ctx)
    if (ours.length > 0) ctx.report(`deleting ${ours.length} ${ours.length === 1 ? ours[0]?.kind : 'objects'}`)
    await deleteWithDeployed(removing, ours, ctx)
  }
}

/**
 * A recorded object as it stands; undefined where it is gone, and where nobody can answer for it any more: a name that no
 * object can have, an API whose server is dead. That is said, and stops no removal. Throws when the API itself is away.
 */
const stillThere = async (kube: Kube, ref: Ref, ctx: Context): Promise<KubeObject | undefined> => {
  try {
    await kube.served(ref.apiVersion)
    return await kube.get(ref)
  } catch (error) {
    if (!(error instanceof EnvironmentError) || /forbidden/i.test(error.message)) throw error
    // The API of this kind alone is away, where the others answer.
    if (error.code !== 'api-refused') await kube.version()
    ctx.warn(`${showRef(ref)} cannot be asked for, and is left where it may be: ${error.message}`)
    return undefined
  }
}
