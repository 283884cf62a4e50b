import { fieldsAt, mapsAt, textAt } from '../../core/fields.ts'
import { groupOf, isCrd } from './kind.ts'

type Kinds = { readonly namespaced: readonly string[]; readonly cluster: readonly string[] }

/** What Kubernetes serves by itself, group by group, versions aside. */
const builtIn: Readonly<Record<string, Kinds>> = {
  '': {
    namespaced: words(
      'Binding ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
    ),
    cluster: words('ComponentStatus Namespace Node PersistentVolume'),
  },
  'admissionregistration.k8s.io': {
    namespaced: [],
    cluster: words(
      'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
    ),
  },
  'apiextensions.k8s.io': { namespaced: [], cluster: words('CustomResourceDefinition') },
  'apiregistration.k8s.io': { namespaced: [], cluster: words('APIService') },
  apps: { namespaced: words('ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet'), cluster: [] },
  'authentication.k8s.io': { namespaced: [], cluster: words('SelfSubjectReview TokenRequest TokenReview') },
  'authorization.k8s.io': {
    namespaced: words('LocalSubjectAccessReview'),
    cluster: words('SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview'),
  },
  autoscaling: { namespaced: words('HorizontalPodAutoscaler'), cluster: [] },
  batch: { namespaced: words('CronJob Job'), cluster: [] },
  'certificates.k8s.io': {
    namespaced: words('PodCertificateRequest'),
    cluster: words('CertificateSigningRequest ClusterTrustBundle'),
  },
  'coordination.k8s.io': { namespaced: words('Lease LeaseCandidate'), cluster: [] },
  'discovery.k8s.io': { namespaced: words('EndpointSlice'), cluster: [] },
  'events.k8s.io': { namespaced: words('Event'), cluster: [] },
  extensions: {
    namespaced: words('DaemonSet Deployment Ingress NetworkPolicy ReplicaSet'),
    cluster: words('PodSecurityPolicy'),
  },
  'flowcontrol.apiserver.k8s.io': { namespaced: [], cluster: words('FlowSchema PriorityLevelConfiguration') },
  'internal.apiserver.k8s.io': { namespaced: [], cluster: words('StorageVersion') },
  'networking.k8s.io': {
    namespaced: words('Ingress NetworkPolicy'),
    cluster: words('IngressClass IPAddress ServiceCIDR'),
  },
  'node.k8s.io': { namespaced: [], cluster: words('RuntimeClass') },
  policy: { namespaced: words('Eviction PodDisruptionBudget'), cluster: words('PodSecurityPolicy') },
  'rbac.authorization.k8s.io': {
    namespaced: words('Role RoleBinding'),
    cluster: words('ClusterRole ClusterRoleBinding'),
  },
  'resource.k8s.io': {
    namespaced: words('ResourceClaim ResourceClaimTemplate'),
    cluster: words('DeviceClass DeviceTaintRule ResourceSlice'),
  },
  'scheduling.k8s.io': { namespaced: words('Workload'), cluster: words('PriorityClass') },
  'storage.k8s.io': {
    namespaced: words('CSIStorageCapacity'),
    cluster: words('CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass'),
  },
  'storagemigration.k8s.io': { namespaced: [], cluster: words('StorageVersionMigration') },
}

type Kind = { readonly apiVersion: string; readonly kind: string }

const kindsOf = (apiVersion: string): Kinds | undefined =>
  Object.hasOwn(builtIn, groupOf(apiVersion)) ? builtIn[groupOf(apiVersion)] : undefined

export const isBuiltIn = ({ apiVersion, kind }: Kind): boolean => {
  const kinds = kindsOf(apiVersion)
  return kinds !== undefined && (kinds.namespaced.includes(kind) || kinds.cluster.includes(kind))
}

export const isBuiltInGroup = (apiVersion: string): boolean => Object.hasOwn(builtIn, groupOf(apiVersion))

export type Scope = 'namespaced' | 'cluster'

/** Where objects of a kind live; undefined for kinds that are neither built in nor among the given definitions. */
export const scopeOf = ({ apiVersion, kind }: Kind, definitions: readonly object[] = []): Scope | undefined => {
  const kinds = kindsOf(apiVersion)
  if (kinds?.cluster.includes(kind)) return 'cluster'
  if (kinds?.namespaced.includes(kind)) return 'namespaced'
  const defined = definitions.map(definedKind).find((one) => one?.group === groupOf(apiVersion) && one.kind === kind)
  return defined?.scope
}

export type DefinedKind = {
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly versions: readonly string[]
  readonly scope: Scope
}

/** What a CustomResourceDefinition defines; undefined for other objects and for broken ones. */
export const definedKind = (object: object): DefinedKind | undefined => {
  const apiVersion = textAt(object, 'apiVersion')
  const kind = textAt(object, 'kind')
  if (apiVersion === undefined || kind === undefined || !isCrd({ apiVersion, kind })) return undefined
  const spec = fieldsAt(object, 'spec')
  const group = textAt(spec, 'group')
  const names = { kind: textAt(spec, 'names', 'kind'), plural: textAt(spec, 'names', 'plural') }
  if (!group || !names.kind || !names.plural) return undefined
  const versions = mapsAt(spec, 'versions')
    .filter(({ served }) => served !== false)
    .flatMap((version) => textAt(version, 'name') ?? [])
  const only = textAt(spec, 'version')
  return {
    group,
    kind: names.kind,
    plural: names.plural,
    versions: versions.length > 0 || only === undefined ? versions : [only],
    scope: spec['scope'] === 'Cluster' ? 'cluster' : 'namespaced',
  }
}

function words(text: string): readonly string[] {
  return text.split(' ')
}
