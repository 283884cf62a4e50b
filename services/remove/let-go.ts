import type { Cluster } from '../../cluster/cluster.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { Context } from '../../core/step.ts'
import { applicationKind } from '../../gitops/argocd/application.ts'
import { deployerOf } from '../../gitops/deployers.ts'
import { kustomizationKind, sourceKind } from '../../gitops/flux/objects.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { readUndo } from './undo.ts'

const isOfArgo = ({ delivery, source }: Pick<Deployable, 'delivery' | 'source'>): boolean =>
  delivery?.tool === 'argocd' || (source.kind === 'manifests' && source.only !== undefined)

/**
 * Before a GitOps controller goes, or what it reads by: services that stay in the file are taken from it. It would delete
 * what it deployed, and the file only has another deploy it.
 */
export const letGoOf = async (
  { id, undo }: Pick<InventoryEntry, 'id' | 'undo'>,
  staying: readonly Pick<Deployable, 'id' | 'delivery' | 'source'>[],
  cluster: Cluster,
  ctx: Context,
): Promise<void> => {
  const { customKinds } = readUndo(undo)
  const isArgo = id === 'gitops/argocd' || customKinds.includes('argoproj.io/Application')
  const isFlux = customKinds.includes('kustomize.toolkit.fluxcd.io/Kustomization')
  const kinds = [...(isArgo ? [applicationKind] : []), ...(isFlux ? [kustomizationKind, sourceKind] : [])]
  if (kinds.length === 0) return
  const kube = await cluster.kube(ctx)
  // What reads a git remote goes on with it: only the way to the local registry goes.
  const steps = new Set(staying.filter((one) => !isOfArgo(one)).map((one) => stepLabel(one.id)))
  for (const kind of kinds) {
    const found = await kube.list(kind)
    const refs = found.filter(({ metadata }) => steps.has(metadata.labels?.[labels.step] ?? '')).map(refOf)
    await deployerOf(kind).detach(kube, refs, ctx)
  }
}
