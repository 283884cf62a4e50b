import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refIn } from '../../cluster/kube/ref.ts'
import { inParallel } from '../../core/in-parallel.ts'

/** Those of the objects that are in the cluster: a git remote may hold others than the files here. */
export const thereAmong = async (
  kube: Kube,
  objects: readonly KubeObject[],
  home: string,
): Promise<readonly KubeObject[]> =>
  (await inParallel(objects, 8, async (object) => ((await kube.get(refIn(object, home))) ? [object] : []))).flat()
