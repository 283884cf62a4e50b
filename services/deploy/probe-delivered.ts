import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import type { NodeStarts } from '../../cluster/ready/node-starts.ts'
import type { Status } from '../../core/step.ts'
import type { Delivery } from '../../gitops/delivery.ts'
import { deployerFor } from '../../gitops/deployers.ts'
import { autoscaled } from './autoscaled.ts'
import { probeDeployed, type Probed } from './probe.ts'

/** How a deployable stands that a GitOps controller deploys: its objects, and what the controller says of them. */
export const probeDelivered = async (
  kube: Kube,
  probed: Probed,
  delivery: Delivery,
  { brought = [], starts }: { readonly brought?: readonly KubeObject[] | undefined; readonly starts?: NodeStarts } = {},
): Promise<Status> => {
  const { objects, namespace } = probed
  const scaled = (): ReturnType<typeof autoscaled> => autoscaled(kube, [...(objects ?? []), ...brought], namespace)
  const [stands, synced] = await Promise.all([
    probeDeployed(kube, probed, starts),
    deployerFor(delivery).probe(kube, { delivery, objects, namespace, brought, scaled }),
  ])
  if (stands.state === 'ready') return synced
  if (stands.state !== 'broken' || synced.state !== 'broken') return stands
  return { state: 'broken', why: `${stands.why}; ${synced.why}` }
}
