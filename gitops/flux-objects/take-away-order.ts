import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { Delivery } from '../delivery.ts'
import { sourceRef } from '../flux/objects.ts'
import { dependenciesOf, isHelmRelease, isKustomization, keyOfObject } from '../flux/kinds.ts'

/**
 * What deploys goes first, each before what it depends on, so that its objects go while what they need is there; then what
 * it reads, and the working tree.
 */
export const takeAwayOrder = (delivery: Delivery, objects: readonly KubeObject[]): readonly Ref[] => {
  const appliers = objects.filter((object) => isKustomization(object) || isHelmRelease(object))
  const rest = objects.filter((object) => !appliers.includes(object))
  const tree = delivery.objects?.worktree ? [sourceRef(delivery)] : []
  return [...inOrder(appliers).map(refOf), ...rest.map(refOf), ...tree]
}

const inOrder = (objects: readonly KubeObject[]): readonly KubeObject[] => {
  const byKey = new Map(objects.map((object) => [keyOfObject(object, ''), object]))
  const needed: KubeObject[] = []
  const visit = (object: KubeObject): void => {
    if (needed.includes(object)) return
    byKey.delete(keyOfObject(object, ''))
    for (const key of dependenciesOf(object)) {
      const next = byKey.get(key)
      if (next) visit(next)
    }
    needed.push(object)
  }
  // A HelmRelease may need what a Kustomization brings, and hardly the other way round.
  for (const object of objects.toSorted((a, b) => Number(isHelmRelease(a)) - Number(isHelmRelease(b)))) visit(object)
  return needed.toReversed()
}
