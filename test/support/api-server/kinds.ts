/** A kind that the server serves. */
export type Kind = {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly short: readonly string[]
  /** Writes of the object leave `status` alone. */
  readonly hasStatus: boolean
  /** Brought by a CustomResourceDefinition. */
  readonly isCustom?: true
}

const group =
  (name: string, version: string) =>
  (kind: string, plural: string, more: Partial<Kind> = {}): Kind => ({
    group: name,
    version,
    kind,
    plural,
    namespaced: true,
    short: [],
    hasStatus: false,
    ...more,
  })

const clusterWide = { namespaced: false } as const
const withStatus = { hasStatus: true } as const

const core = group('', 'v1')
const apps = group('apps', 'v1')
const batch = group('batch', 'v1')
const rbac = group('rbac.authorization.k8s.io', 'v1')
const networking = group('networking.k8s.io', 'v1')
const admission = group('admissionregistration.k8s.io', 'v1')
const storage = group('storage.k8s.io', 'v1')

/** What a fresh cluster serves, as far as charts and manifests of local environments use it. */
export const builtInKinds: readonly Kind[] = [
  core('Namespace', 'namespaces', { ...clusterWide, ...withStatus, short: ['ns'] }),
  core('Node', 'nodes', { ...clusterWide, ...withStatus, short: ['no'] }),
  core('PersistentVolume', 'persistentvolumes', { ...clusterWide, ...withStatus, short: ['pv'] }),
  core('PersistentVolumeClaim', 'persistentvolumeclaims', { ...withStatus, short: ['pvc'] }),
  core('Pod', 'pods', { ...withStatus, short: ['po'] }),
  core('Service', 'services', { ...withStatus, short: ['svc'] }),
  core('Endpoints', 'endpoints', { short: ['ep'] }),
  core('ConfigMap', 'configmaps', { short: ['cm'] }),
  core('Secret', 'secrets'),
  core('ServiceAccount', 'serviceaccounts', { short: ['sa'] }),
  core('Event', 'events', { short: ['ev'] }),
  core('LimitRange', 'limitranges', { short: ['limits'] }),
  core('ResourceQuota', 'resourcequotas', { ...withStatus, short: ['quota'] }),
  apps('Deployment', 'deployments', { ...withStatus, short: ['deploy'] }),
  apps('ReplicaSet', 'replicasets', { ...withStatus, short: ['rs'] }),
  apps('StatefulSet', 'statefulsets', { ...withStatus, short: ['sts'] }),
  apps('DaemonSet', 'daemonsets', { ...withStatus, short: ['ds'] }),
  apps('ControllerRevision', 'controllerrevisions'),
  batch('Job', 'jobs', withStatus),
  batch('CronJob', 'cronjobs', { ...withStatus, short: ['cj'] }),
  group('autoscaling', 'v2')('HorizontalPodAutoscaler', 'horizontalpodautoscalers', { ...withStatus, short: ['hpa'] }),
  group('policy', 'v1')('PodDisruptionBudget', 'poddisruptionbudgets', { ...withStatus, short: ['pdb'] }),
  rbac('Role', 'roles'),
  rbac('RoleBinding', 'rolebindings'),
  rbac('ClusterRole', 'clusterroles', clusterWide),
  rbac('ClusterRoleBinding', 'clusterrolebindings', clusterWide),
  networking('Ingress', 'ingresses', { ...withStatus, short: ['ing'] }),
  networking('IngressClass', 'ingressclasses', clusterWide),
  networking('NetworkPolicy', 'networkpolicies', { short: ['netpol'] }),
  group('coordination.k8s.io', 'v1')('Lease', 'leases'),
  group('discovery.k8s.io', 'v1')('EndpointSlice', 'endpointslices'),
  group('scheduling.k8s.io', 'v1')('PriorityClass', 'priorityclasses', { ...clusterWide, short: ['pc'] }),
  storage('StorageClass', 'storageclasses', { ...clusterWide, short: ['sc'] }),
  admission('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', clusterWide),
  admission('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', clusterWide),
  group('apiextensions.k8s.io', 'v1')('CustomResourceDefinition', 'customresourcedefinitions', {
    ...clusterWide,
    ...withStatus,
    short: ['crd'],
  }),
  group('apiregistration.k8s.io', 'v1')('APIService', 'apiservices', { ...clusterWide, ...withStatus }),
]

export const apiVersionOf = ({ group: name, version }: Pick<Kind, 'group' | 'version'>): string =>
  name === '' ? version : `${name}/${version}`

/** Versions of one resource share their objects. */
export const resourceOf = ({ group: name, plural }: Pick<Kind, 'group' | 'plural'>): string => `${plural}.${name}`
