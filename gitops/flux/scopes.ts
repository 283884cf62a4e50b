import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, textAt } from '../../core/fields.ts'

/** Which of the objects live in namespaces, asked of the API; of kinds that it does not serve yet, their definitions among the objects tell. */
export const namespacedAmong = async (
  kube: Kube,
  objects: readonly KubeObject[],
): Promise<(object: KubeObject) => boolean> => {
  const versions = [...new Set(objects.map(({ apiVersion }) => apiVersion))]
  const served = (await Promise.all(versions.map((version) => kube.served(version)))).flat()
  const known = new Map(served.map(({ apiVersion, kind, namespaced }) => [`${apiVersion}/${kind}`, namespaced]))
  const ofCluster = new Set(
    objects
      .filter((object) => object.kind === 'CustomResourceDefinition' && textAt(object, 'spec', 'scope') === 'Cluster')
      .map((object) => `${textAt(object, 'spec', 'group')}/${textAt(fieldsAt(object, 'spec', 'names'), 'kind')}`),
  )
  return ({ apiVersion, kind }) =>
    known.get(`${apiVersion}/${kind}`) ?? !ofCluster.has(`${apiVersion.split('/')[0] ?? ''}/${kind}`)
}
