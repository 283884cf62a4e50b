import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refIn } from '../../cluster/kube/ref.ts'
import { containersOf, podTemplateOf } from '../../manifests/transform/pod-templates.ts'
import { rollsOut } from '../../manifests/transform/config-digests.ts'
import { podsOf } from './pods.ts'

const annotation = 'kindup.dev/restarted'

/** Names of the pods that these workloads have now, by which others can be told that came later. */
export const podsNow = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<ReadonlySet<string>> => new Set((await podsOf(kube, objects, namespace)).map(uidOf))

/** Has their controllers replace the pods of those workloads that run one of `refs`. Waits for nothing. */
export const replacePods = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  refs: readonly string[],
): Promise<void> => {
  const at = new Date().toISOString()
  const workloads = objects.filter(
    (object) =>
      rollsOut(object) &&
      containersOf(podTemplateOf(object)).some(({ image }) => image !== undefined && refs.includes(image)),
  )
  await Promise.all(
    workloads.map((object) =>
      kube.mergePatch(refIn(object, namespace), {
        spec: { template: { metadata: { annotations: { [annotation]: at } } } },
      }),
    ),
  )
}

/** Has the pods replaced that are still those of `before`: they hold files that their image lacks. */
export const replaceSynced = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  refs: readonly string[],
  before: ReadonlySet<string>,
): Promise<boolean> => {
  const left = (await podsOf(kube, objects, namespace)).some((pod) => before.has(uidOf(pod)))
  if (left) await replacePods(kube, objects, namespace, refs)
  return left
}

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? metadata.name
