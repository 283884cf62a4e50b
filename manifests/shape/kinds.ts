import { groupOf } from '../kinds/kind.ts'
import { labelSelector, metadata, podSpec, podTemplate } from './pod.ts'
import { fields, list, map, shapeFaults, type Shape, type ShapeFault } from './shape.ts'

const spec = (known: Readonly<Record<string, Shape>>, ...needs: readonly string[]): Shape =>
  fields({ metadata, spec: fields(known, ...needs) })

const workload = (more: Readonly<Record<string, Shape>>): Shape =>
  spec({ replicas: 'number', selector: labelSelector, template: podTemplate(true), ...more })

const job: Readonly<Record<string, Shape>> = {
  template: podTemplate(true),
  backoffLimit: 'number',
  completions: 'number',
  parallelism: 'number',
  activeDeadlineSeconds: 'number',
  ttlSecondsAfterFinished: 'number',
  suspend: 'boolean',
}

const claim: Readonly<Record<string, Shape>> = {
  accessModes: list('text'),
  storageClassName: 'text',
  volumeName: 'text',
  resources: fields({ requests: map('text or number'), limits: map('text or number') }),
}

const backend = fields({
  service: fields({ name: 'text', port: fields({ number: 'number', name: 'text' }) }),
})

const rules = list(
  fields({
    apiGroups: list('text'),
    resources: list('text'),
    verbs: list('text'),
    resourceNames: list('text'),
    nonResourceURLs: list('text'),
  }),
)
const binding = fields({
  metadata,
  subjects: list(fields({ kind: 'text', name: 'text', namespace: 'text', apiGroup: 'text' })),
  roleRef: fields({ kind: 'text', name: 'text', apiGroup: 'text' }),
})

const route = spec({
  hostnames: list('text'),
  parentRefs: list(fields({ name: 'text', namespace: 'text' })),
  rules: list(fields({ backendRefs: list(fields({ name: 'text', port: 'number' })) })),
})

/** By `group/Kind`: the fields that something here reads, or that people get wrong. What is not said may be anything. */
const shapes: Readonly<Record<string, Shape>> = {
  Pod: fields({ metadata, spec: podSpec(true) }),
  ReplicationController: spec({ replicas: 'number', selector: map('text'), template: podTemplate(true) }),
  'apps/Deployment': workload({ strategy: fields({ type: 'text' }), minReadySeconds: 'number' }),
  'apps/ReplicaSet': workload({}),
  'apps/DaemonSet': workload({ updateStrategy: fields({ type: 'text' }) }),
  'apps/StatefulSet': workload({
    serviceName: 'text',
    volumeClaimTemplates: list(fields({ metadata, spec: fields(claim) })),
    podManagementPolicy: 'text',
  }),
  'batch/Job': spec(job),
  'batch/CronJob': spec({
    schedule: 'text',
    timeZone: 'text',
    suspend: 'boolean',
    jobTemplate: fields({ metadata: fields({ labels: map('text'), annotations: map('text') }), spec: fields(job) }),
  }),
  'argoproj.io/Rollout': spec({ replicas: 'number', template: podTemplate(false) }),
  'serving.knative.dev/Service': spec({ template: podTemplate(false) }),
  'serving.knative.dev/Configuration': spec({ template: podTemplate(false) }),
  Service: spec({
    type: 'text',
    selector: map('text'),
    clusterIP: 'text',
    externalName: 'text',
    loadBalancerClass: 'text',
    externalIPs: list('text'),
    ports: list(
      fields({ name: 'text', port: 'number', targetPort: 'text or number', nodePort: 'number', protocol: 'text' }),
    ),
  }),
  'networking.k8s.io/Ingress': spec({
    ingressClassName: 'text',
    defaultBackend: backend,
    rules: list(
      fields({ host: 'text', http: fields({ paths: list(fields({ path: 'text', pathType: 'text', backend })) }) }),
    ),
    tls: list(fields({ hosts: list('text'), secretName: 'text' })),
  }),
  'networking.k8s.io/NetworkPolicy': spec({
    podSelector: labelSelector,
    policyTypes: list('text'),
    ingress: list(fields({ from: list('anything'), ports: list('anything') })),
    egress: list(fields({ to: list('anything'), ports: list('anything') })),
  }),
  'gateway.networking.k8s.io/HTTPRoute': route,
  'gateway.networking.k8s.io/GRPCRoute': route,
  'gateway.networking.k8s.io/TLSRoute': route,
  ConfigMap: fields({ metadata, data: map('text'), binaryData: map('text'), immutable: 'boolean' }),
  Secret: fields({ metadata, data: map('text'), stringData: map('text'), type: 'text', immutable: 'boolean' }),
  ServiceAccount: fields({
    metadata,
    secrets: list(fields({ name: 'text' })),
    imagePullSecrets: list(fields({ name: 'text' })),
    automountServiceAccountToken: 'boolean',
  }),
  PersistentVolumeClaim: spec(claim),
  'autoscaling/HorizontalPodAutoscaler': spec({
    minReplicas: 'number',
    maxReplicas: 'number',
    scaleTargetRef: fields({ apiVersion: 'text', kind: 'text', name: 'text' }),
  }),
  'policy/PodDisruptionBudget': spec({
    minAvailable: 'text or number',
    maxUnavailable: 'text or number',
    selector: labelSelector,
  }),
  'rbac.authorization.k8s.io/Role': fields({ metadata, rules }),
  'rbac.authorization.k8s.io/ClusterRole': fields({ metadata, rules }),
  'rbac.authorization.k8s.io/RoleBinding': binding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': binding,
  'apiextensions.k8s.io/CustomResourceDefinition': spec({
    group: 'text',
    scope: 'text',
    version: 'text',
    names: fields({ kind: 'text', plural: 'text', singular: 'text', listKind: 'text', shortNames: list('text') }),
    versions: list(fields({ name: 'text', served: 'boolean', storage: 'boolean' })),
  }),
}

const anyKind = fields({ metadata })

/** What the API would refuse in an object because it is of another type than its field, or missing. */
export const objectFaults = (object: { readonly apiVersion: string; readonly kind: string }): readonly ShapeFault[] => {
  const group = groupOf(object.apiVersion)
  const name = group === '' ? object.kind : `${group}/${object.kind}`
  return shapeFaults(object, Object.hasOwn(shapes, name) ? (shapes[name] ?? anyKind) : anyKind)
}
