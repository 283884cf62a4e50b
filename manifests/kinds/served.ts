import { isBuiltInGroup } from './built-in.ts'
import { minorOf } from './minor.ts'

/**
 * What Kubernetes serves when nothing is switched on or off: kinds by `group/version`, those of subresources included;
 * `@33` from that minor on, `@28-31` in these alone. Read in api/discovery of each minor's tag, 1.28 to 1.37: the stable
 * versions, and of the others those that `legacyBetaEnabledByDefaultResources` of pkg/controlplane/instance.go names.
 */
const served: Readonly<Record<string, string>> = {
  v1: 'Binding ConfigMap Endpoints Event Eviction LimitRange Namespace Node NodeProxyOptions PersistentVolume PersistentVolumeClaim Pod PodAttachOptions PodExecOptions PodPortForwardOptions PodProxyOptions PodTemplate ReplicationController ResourceQuota Scale Secret Service ServiceAccount ServiceProxyOptions TokenRequest ComponentStatus',
  'admissionregistration.k8s.io/v1':
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration ValidatingAdmissionPolicy@30 ValidatingAdmissionPolicyBinding@30 MutatingAdmissionPolicy@36 MutatingAdmissionPolicyBinding@36',
  'apiextensions.k8s.io/v1': 'CustomResourceDefinition',
  'apiregistration.k8s.io/v1': 'APIService',
  'apps/v1': 'ControllerRevision DaemonSet Deployment ReplicaSet Scale StatefulSet',
  'authentication.k8s.io/v1': 'SelfSubjectReview TokenReview',
  'authorization.k8s.io/v1':
    'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  'autoscaling/v1': 'HorizontalPodAutoscaler',
  'autoscaling/v2': 'HorizontalPodAutoscaler',
  'batch/v1': 'CronJob Job',
  'certificates.k8s.io/v1': 'CertificateSigningRequest ClusterTrustBundle@37 PodCertificateRequest@37',
  'coordination.k8s.io/v1': 'Lease',
  'discovery.k8s.io/v1': 'EndpointSlice',
  'events.k8s.io/v1': 'Event',
  'flowcontrol.apiserver.k8s.io/v1': 'FlowSchema@29 PriorityLevelConfiguration@29',
  'flowcontrol.apiserver.k8s.io/v1beta2': 'FlowSchema@28-28 PriorityLevelConfiguration@28-28',
  'flowcontrol.apiserver.k8s.io/v1beta3': 'FlowSchema@28-31 PriorityLevelConfiguration@28-31',
  'networking.k8s.io/v1': 'Ingress IngressClass NetworkPolicy IPAddress@33 ServiceCIDR@33',
  'node.k8s.io/v1': 'RuntimeClass',
  'policy/v1': 'PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1': 'ClusterRole ClusterRoleBinding Role RoleBinding',
  'resource.k8s.io/v1': 'DeviceClass@34 ResourceClaim@34 ResourceClaimTemplate@34 ResourceSlice@34 DeviceTaintRule@37',
  'scheduling.k8s.io/v1': 'PriorityClass',
  'storage.k8s.io/v1': 'CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass@34',
  'storagemigration.k8s.io/v1': 'StorageVersionMigration@37',
}

const oldest = 28
const newest = 37

/** `group/version` and `group/version/Kind` that a cluster of this Kubernetes serves by itself. Of a minor beyond those that were read, the nearest counts. */
export const servedBy = (kubernetes: string): readonly string[] => {
  const minor = knownMinor(kubernetes)
  return Object.entries(served).flatMap(([version, text]) => {
    const kinds = text.split(' ').flatMap((one) => kindIn(one, minor) ?? [])
    return kinds.length > 0 ? [version, ...kinds.map((kind) => `${version}/${kind}`)] : []
  })
}

const knownMinor = (kubernetes: string): number => Math.min(newest, Math.max(oldest, minorOf(kubernetes) ?? newest))

const kindIn = (text: string, minor: number): string | undefined => {
  const [, kind, from = oldest, to = newest] = /^(\w+)(?:@(\d+)(?:-(\d+))?)?$/.exec(text) ?? []
  return Number(from) <= minor && minor <= Number(to) ? kind : undefined
}

/** Whether a `group/version` of Kubernetes' own is not served: taken away, or there only once it is switched on. */
export const isNotServed = (version: string, kubernetes: string): boolean =>
  isBuiltInGroup(version) &&
  !(
    Object.hasOwn(served, version) &&
    (served[version] ?? '').split(' ').some((one) => kindIn(one, knownMinor(kubernetes)))
  )
