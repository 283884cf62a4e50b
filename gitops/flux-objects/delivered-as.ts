import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { applicationRef } from '../argocd/application.ts'
import { textAt } from '../../core/fields.ts'
import type { Delivery } from '../delivery.ts'
import { sourceRef } from '../flux/objects.ts'

/** Who knows the commit that was deployed. */
const deliveredBy = (delivery: Delivery): Ref =>
  delivery.tool === 'argocd' ? applicationRef(delivery) : { ...sourceRef(delivery), kind: 'GitRepository' }

/** The commit of then, whatever the branch leads to later. */
const atCommit = (delivery: Delivery, live: KubeObject | undefined): Delivery => {
  const said = textAt(live, 'status', 'sync', 'revision') ?? textAt(live, 'status', 'artifact', 'revision') ?? ''
  const commit = said.split(/[@:]/).at(-1) ?? ''
  return delivery.remote && /^[0-9a-f]{40,64}$/.test(commit)
    ? { ...delivery, remote: { ...delivery.remote, at: { commit } } }
    : delivery
}

/** A delivery that can be repeated when the files are others: with the state of the working tree that Flux has now. */
export const deliveredAs = async (kube: Kube, delivery: Delivery): Promise<Delivery> => {
  if (delivery.remote) return atCommit(delivery, await kube.get(deliveredBy(delivery)))
  if (!delivery.objects?.worktree) return delivery
  const digest = textAt(await kube.get(sourceRef(delivery)), 'spec', 'ref', 'digest')
  return digest === undefined ? delivery : { ...delivery, objects: { ...delivery.objects, digest } }
}
