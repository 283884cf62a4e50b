import type { Cluster } from '../../cluster/cluster.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { Context } from '../../core/step.ts'
import { applicationKind } from '../../gitops/argocd/application.ts'
import { detach } from '../../gitops/argocd/remove.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { readUndo } from './undo.ts'

/**
 * Before Argo CD goes, or what it reads by: Applications of services that stay in the file are taken from it. It would
 * delete what they deployed, and the file only has another deploy it.
 */
export const letGoOf = async (
  { id, undo }: Pick<InventoryEntry, 'id' | 'undo'>,
  staying: readonly Pick<Deployable, 'id'>[],
  cluster: Cluster,
  ctx: Context,
): Promise<void> => {
  const brings = readUndo(undo).customKinds.includes('argoproj.io/Application')
  if (id !== 'gitops/argocd' && !brings) return
  const kube = await cluster.kube(ctx)
  const steps = new Set(staying.map((one) => stepLabel(one.id)))
  const found = await kube.list(applicationKind)
  await detach(kube, found.filter(({ metadata }) => steps.has(metadata.labels?.[labels.step] ?? '')).map(refOf))
}
