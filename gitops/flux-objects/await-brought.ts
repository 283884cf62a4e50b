import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { waitUntilReady } from '../../cluster/ready/wait-until-ready.ts'
import type { Context } from '../../core/step.ts'
import type { Delivery } from '../delivery.ts'
import { closureOf, inventoryOf } from '../flux/closure.ts'

/** Waits until the workloads are ready that Flux brought. */
export const awaitBrought = async (
  kube: Kube,
  { home }: Delivery,
  ctx: Context,
  objects: readonly KubeObject[],
): Promise<void> => {
  const brought = await broughtBy(kube, objects)
  await waitUntilReady(kube, { objects: brought, namespace: home }, ctx, { nodesReady: () => true })
}

/** What the Kustomizations among the objects, and those that they bring, have applied: what it is and where, and no more. */
export const broughtBy = async (kube: Kube, objects: readonly KubeObject[]): Promise<readonly KubeObject[]> =>
  [...(await closureOf(kube, objects)).values()].flatMap(inventoryOf).map(({ apiVersion, kind, name, namespace }) => ({
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  }))
