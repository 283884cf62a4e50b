import type { Cluster } from '../../cluster/cluster.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import { deployerFor } from '../../gitops/deployers.ts'
import type { Delivery } from '../../gitops/delivery.ts'
import { watchMade } from './watch-made.ts'
import { watched } from './watched.ts'

/** Until the controller calls it healthy, with what it makes of it meanwhile. */
export const awaitHealth = async (
  delivery: Delivery,
  all: readonly KubeObject[],
  cluster: Cluster,
  ctx: Context,
): Promise<void> => {
  const deployer = deployerFor(delivery)
  const kube = await cluster.kube(ctx)
  const { made } = deployer
  await watched(
    async (signal) => made && watchMade({ kube, cluster, find: () => made(kube, all) }, { ...ctx, signal }),
    (signal) => deployer.awaitHealth(kube, delivery, { ...ctx, signal }, all),
    ctx,
  )
}
