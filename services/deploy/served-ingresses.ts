import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { hostsOf } from '../../manifests/kinds/hosts.ts'
import { isUnserved, type IngressClasses } from '../../manifests/problems/ingress-classes.ts'

/** The objects without Ingresses of a class that neither the plan nor the cluster has, and hosts of those that only the cluster has. */
export const servedIngresses = async (
  kube: Kube,
  objects: readonly KubeObject[],
  classes: IngressClasses,
  used: readonly string[],
): Promise<{ readonly served: readonly KubeObject[]; readonly late: readonly string[] }> => {
  const open = objects.filter((object) => isUnserved(object, classes))
  if (open.length === 0) return { served: objects, late: [] }
  const there = await kube.list({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' })
  const names = new Set(there.map(({ metadata }) => metadata.name))
  const unserved = new Set(open.filter((object) => isUnserved(object, names)))
  return {
    served: objects.filter((object) => !unserved.has(object)),
    late: hostsOf(
      open.filter((object) => !unserved.has(object)),
      used,
    ),
  }
}
