import type { KubeObject } from '../../cluster/kube/kube.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'

/** Kinds in the order in which they have to be there; what is in none of these comes with the workloads, as custom resources do. */
const ranks: readonly (readonly string[])[] = [
  ['Namespace'],
  ['apiextensions.k8s.io/CustomResourceDefinition'],
  ['scheduling.k8s.io/PriorityClass', 'storage.k8s.io/StorageClass', 'ResourceQuota', 'LimitRange', 'ServiceAccount'],
  ['rbac.authorization.k8s.io/ClusterRole', 'rbac.authorization.k8s.io/Role'],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', 'rbac.authorization.k8s.io/RoleBinding'],
  ['ConfigMap', 'Secret', 'PersistentVolume', 'PersistentVolumeClaim', 'networking.k8s.io/NetworkPolicy'],
  // Before the pods: those that start get the addresses of Services as variables.
  ['Service'],
  [],
  [
    'networking.k8s.io/IngressClass',
    'networking.k8s.io/Ingress',
    'apiregistration.k8s.io/APIService',
    'autoscaling/HorizontalPodAutoscaler',
    'policy/PodDisruptionBudget',
    'admissionregistration.k8s.io/MutatingWebhookConfiguration',
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  ],
]

const others = ranks.findIndex((kinds) => kinds.length === 0)

const rankOf = (object: { readonly apiVersion: string; readonly kind: string }): number => {
  const rank = ranks.findIndex((kinds) => kinds.includes(groupKind(object)))
  return rank < 0 ? others : rank
}

/** The objects in groups: those of one group may be applied at once, each group after the one before. */
export const inApplyOrder = <T extends { readonly apiVersion: string; readonly kind: string }>(
  objects: readonly T[],
): readonly (readonly T[])[] =>
  ranks.map((_kinds, rank) => objects.filter((object) => rankOf(object) === rank)).filter((group) => group.length > 0)

/** The other way round. */
export const inRemovalOrder = <T extends Pick<KubeObject, 'apiVersion' | 'kind'>>(
  objects: readonly T[],
): readonly (readonly T[])[] => inApplyOrder(objects).toReversed()
