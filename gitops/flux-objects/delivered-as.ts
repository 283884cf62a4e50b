import type { Kube } from '../../cluster/kube/kube.ts'
import { textAt } from '../../core/fields.ts'
import type { Delivery } from '../delivery.ts'
import { sourceRef } from '../flux/objects.ts'

/** A delivery that can be repeated when the files are others: with the state of the working tree that Flux has now. */
export const deliveredAs = async (kube: Kube, delivery: Delivery): Promise<Delivery> => {
  if (!delivery.objects?.worktree) return delivery
  const digest = textAt(await kube.get(sourceRef(delivery)), 'spec', 'ref', 'digest')
  return digest === undefined ? delivery : { ...delivery, objects: { ...delivery.objects, digest } }
}
