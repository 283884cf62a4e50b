type Removed = {
  readonly apiVersion: string
  readonly kinds: readonly string[]
  /** The first minor of Kubernetes 1 that no longer serves it. */
  readonly in: number
  readonly instead: string
  /** What else changes, where the same fields do not do. */
  readonly note?: string
}

/** Kubernetes' own list of removed APIs: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const removed: readonly Removed[] = [
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['DaemonSet', 'Deployment', 'ReplicaSet'],
    in: 16,
    instead: 'apps/v1',
    note: 'spec.selector is required there',
  },
  { apiVersion: 'extensions/v1beta1', kinds: ['NetworkPolicy'], in: 16, instead: 'networking.k8s.io/v1' },
  { apiVersion: 'extensions/v1beta1', kinds: ['PodSecurityPolicy'], in: 16, instead: 'Pod Security Admission' },
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['Ingress'],
    in: 22,
    instead: 'networking.k8s.io/v1',
    note: 'backends are written as service.name and service.port, and pathType is required',
  },
  {
    apiVersion: 'apps/v1beta1',
    kinds: ['Deployment', 'StatefulSet', 'ReplicaSet', 'ControllerRevision'],
    in: 16,
    instead: 'apps/v1',
    note: 'spec.selector is required there',
  },
  {
    apiVersion: 'apps/v1beta2',
    kinds: ['DaemonSet', 'Deployment', 'StatefulSet', 'ReplicaSet', 'ControllerRevision'],
    in: 16,
    instead: 'apps/v1',
    note: 'spec.selector is required there',
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    in: 22,
    instead: 'admissionregistration.k8s.io/v1',
    note: 'sideEffects and admissionReviewVersions are required there',
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1beta1',
    kinds: ['CustomResourceDefinition'],
    in: 22,
    instead: 'apiextensions.k8s.io/v1',
    note: 'each version carries its own schema there',
  },
  { apiVersion: 'apiregistration.k8s.io/v1beta1', kinds: ['APIService'], in: 22, instead: 'apiregistration.k8s.io/v1' },
  { apiVersion: 'authentication.k8s.io/v1beta1', kinds: ['TokenReview'], in: 22, instead: 'authentication.k8s.io/v1' },
  {
    apiVersion: 'authorization.k8s.io/v1beta1',
    kinds: ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SubjectAccessReview', 'SelfSubjectRulesReview'],
    in: 22,
    instead: 'authorization.k8s.io/v1',
  },
  {
    apiVersion: 'certificates.k8s.io/v1beta1',
    kinds: ['CertificateSigningRequest'],
    in: 22,
    instead: 'certificates.k8s.io/v1',
    note: 'signerName and usages are required there',
  },
  { apiVersion: 'coordination.k8s.io/v1beta1', kinds: ['Lease'], in: 22, instead: 'coordination.k8s.io/v1' },
  {
    apiVersion: 'networking.k8s.io/v1beta1',
    kinds: ['Ingress'],
    in: 22,
    instead: 'networking.k8s.io/v1',
    note: 'backends are written as service.name and service.port, and pathType is required',
  },
  { apiVersion: 'networking.k8s.io/v1beta1', kinds: ['IngressClass'], in: 22, instead: 'networking.k8s.io/v1' },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1beta1',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    in: 22,
    instead: 'rbac.authorization.k8s.io/v1',
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1alpha1',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    in: 23,
    instead: 'rbac.authorization.k8s.io/v1',
  },
  { apiVersion: 'scheduling.k8s.io/v1beta1', kinds: ['PriorityClass'], in: 22, instead: 'scheduling.k8s.io/v1' },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
    in: 22,
    instead: 'storage.k8s.io/v1',
  },
  { apiVersion: 'batch/v1beta1', kinds: ['CronJob'], in: 25, instead: 'batch/v1' },
  { apiVersion: 'batch/v2alpha1', kinds: ['CronJob'], in: 21, instead: 'batch/v1' },
  { apiVersion: 'discovery.k8s.io/v1beta1', kinds: ['EndpointSlice'], in: 25, instead: 'discovery.k8s.io/v1' },
  { apiVersion: 'events.k8s.io/v1beta1', kinds: ['Event'], in: 25, instead: 'events.k8s.io/v1' },
  {
    apiVersion: 'autoscaling/v2beta1',
    kinds: ['HorizontalPodAutoscaler'],
    in: 25,
    instead: 'autoscaling/v2',
    note: 'targetAverageUtilization is target.averageUtilization with target.type Utilization there',
  },
  { apiVersion: 'autoscaling/v2beta2', kinds: ['HorizontalPodAutoscaler'], in: 26, instead: 'autoscaling/v2' },
  { apiVersion: 'policy/v1beta1', kinds: ['PodDisruptionBudget'], in: 25, instead: 'policy/v1' },
  { apiVersion: 'policy/v1beta1', kinds: ['PodSecurityPolicy'], in: 25, instead: 'Pod Security Admission' },
  { apiVersion: 'node.k8s.io/v1beta1', kinds: ['RuntimeClass'], in: 25, instead: 'node.k8s.io/v1' },
  { apiVersion: 'storage.k8s.io/v1beta1', kinds: ['CSIStorageCapacity'], in: 27, instead: 'storage.k8s.io/v1' },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta1',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    in: 26,
    instead: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta2',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    in: 29,
    instead: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    in: 32,
    instead: 'flowcontrol.apiserver.k8s.io/v1',
  },
]

/** Why Kubernetes 1.`minor` no longer serves a kind, and what to write instead; undefined when it may. */
export const removedApi = (
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  minor: number,
): { readonly since: string; readonly instead: string } | undefined => {
  const found = removed.find((one) => one.apiVersion === apiVersion && one.kinds.includes(kind) && one.in <= minor)
  return (
    found && {
      since: `1.${found.in}`,
      instead: `${found.instead}${found.note === undefined ? '' : ` (${found.note})`}`,
    }
  )
}
