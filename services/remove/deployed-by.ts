import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { applicationKind } from '../../gitops/argocd/application.ts'
import { madeApplications, mayMake, setKind } from '../../gitops/argocd/made-applications.ts'
import { deployerOf } from '../../gitops/deployers.ts'
import { releaseOfFlux } from '../../gitops/flux/deployed.ts'
import { groupOf, identity } from '../../manifests/kinds/kind.ts'
import { revisionsOf, type ReleaseName } from '../helm/release.ts'
import { withoutUsed } from './custom-resources.ts'
import { deleteForGood } from './gone.ts'
import { inRemovalOrder } from './order.ts'

/** Argo CD waits for pods that end slowly. In milliseconds. */
const setPatienceMs = 180_000

type Deps = { readonly kube: Kube; readonly uninstall: (release: ReleaseName) => Promise<void> }

/** Whether a GitOps controller deploys something by it. */
const deploys = ({ apiVersion, kind }: Pick<Ref, 'apiVersion' | 'kind'>): boolean =>
  kind === 'Kustomization' || kind === 'HelmRelease'
    ? groupOf(apiVersion).endsWith('.toolkit.fluxcd.io')
    : kind === applicationKind.kind && groupOf(apiVersion) === groupOf(applicationKind.apiVersion)

/** Those that an ApplicationSet makes go with it, each with its own finalizer: they are waited for. */
const madeBySets = async (kube: Kube, refs: readonly Ref[]): Promise<readonly Ref[]> => {
  const sets = refs.filter((ref) => ref.kind === setKind.kind && mayMake(ref))
  return (await Promise.all(sets.map((ref) => madeApplications(kube, ref)))).flat().map(refOf)
}

/**
 * Deletes objects for good. What has a GitOps controller deploy something takes that along when the controller works; of those that
 * had to be freed of their finalizers it goes here: all that they say they deployed, as far as it still carries their mark.
 */
export const deleteWithDeployed = async (
  { kube, uninstall }: Deps,
  refs: readonly Ref[],
  ctx: Context,
  patience?: number,
): Promise<void> => {
  const known = new Map<string, KubeObject>()
  for (const ref of refs.filter(deploys)) {
    const live = await kube.get(ref)
    if (live) known.set(identity(ref), live)
  }
  const made = await madeBySets(kube, refs)
  const freed = await deleteForGood(kube, refs, ctx, patience)
  if (made.length > 0) await deleteWithDeployed({ kube, uninstall }, made, ctx, patience ?? setPatienceMs)
  for (const ref of freed) {
    const object = known.get(identity(ref))
    if (!object) continue
    const release = releaseOfFlux(object)
    if (release && (await revisionsOf(kube, release)).length > 0) await uninstall(release)
    await takeAlong({ kube, uninstall }, ref, deployerOf(ref).deployed(object), ctx, patience)
  }
}

const takeAlong = async (
  deps: Deps,
  by: Ref,
  deployed: readonly Ref[],
  ctx: Context,
  patience: number | undefined,
): Promise<void> => {
  const { kube } = deps
  const { isOf, keeps, title } = deployerOf(by)
  for (const group of inRemovalOrder(deployed)) {
    const found = await Promise.all(group.map((ref) => kube.get(ref)))
    const own = group.filter((_ref, index) => {
      const live = found[index]
      return live !== undefined && isOf(live, by) && !keeps(live)
    })
    const [namespace] = own.filter(({ kind }) => kind === 'Namespace')
    if (namespace)
      ctx.warn(
        `${showRef(namespace)}, which ${title} brought with ${by.name}, stays: \`kubectl delete namespace ${namespace.name}\` deletes it with all that is in it.`,
      )
    const going = await withoutUsed(
      kube,
      own.filter(({ kind }) => kind !== 'Namespace'),
      ctx,
    )
    if (going.length > 0) ctx.report(`deleting ${going.length} that ${title} deployed with ${by.name}`)
    // What else holds an object has its own time: a volume whose pod still ends, say.
    for (const isOne of [true, false])
      await deleteWithDeployed(
        deps,
        going.filter((ref) => deploys(ref) === isOne),
        ctx,
        isOne ? patience : undefined,
      )
  }
}
