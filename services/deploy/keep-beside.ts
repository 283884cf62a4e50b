import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { deployerOf } from '../../gitops/deployers.ts'
import { handOver, managers } from '../../gitops/hand-over.ts'
import { deployedRef } from './deployed-ref.ts'

/**
 * Has kindup own objects that it applies beside what a controller reads from a git remote. Those that the controller got from the working
 * tree before would be pruned, since the remote does not hold them: it is paused now, and they lose its mark.
 */
export const keepBeside = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  applications: readonly Ref[],
): Promise<void> => {
  const refs = objects.map((object) => deployedRef(object, namespace))
  for (const ref of refs) {
    const live = await kube.get(ref)
    const by = live && applications.find((one) => deployerOf(one).isOf(live, one))
    if (by) await kube.mergePatch(ref, deployerOf(by).unmarked)
  }
  await handOver(kube, refs, managers.kindup)
}
