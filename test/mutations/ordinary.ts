const meta = (name: string) => ({ name, namespace: 'dev', labels: { app: name }, annotations: { note: 'x' } })
const podSpec = {
  serviceAccountName: 'web',
  nodeSelector: { tier: 'backend' },
  tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'infra', effect: 'NoSchedule' }],
  imagePullSecrets: [{ name: 'login' }],
  initContainers: [{ name: 'init', image: 'busybox', command: ['true'] }],
  containers: [
    {
      name: 'web',
      image: 'team/web:1',
      imagePullPolicy: 'Always',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', valueFrom: { secretKeyRef: { name: 'kafka', key: 'password' } } },
        { name: 'C', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } },
      ],
      envFrom: [{ secretRef: { name: 'kafka' } }, { configMapRef: { name: 'settings' } }],
      ports: [{ name: 'http', containerPort: 80, hostPort: 8080, protocol: 'TCP' }],
      volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'x' }],
      resources: { requests: { cpu: '10m', memory: '16Mi' } },
      readinessProbe: { httpGet: { path: '/', port: 'http' } },
    },
  ],
  volumes: [
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'keys', secret: { secretName: 'kafka', items: [{ key: 'password', path: 'p' }] } },
    { name: 'both', projected: { sources: [{ secret: { name: 'kafka' } }, { configMap: { name: 'settings' } }] } },
  ],
}
const template = { metadata: { labels: { app: 'web' }, annotations: { note: 'x' } }, spec: podSpec }
const selector = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }
const job = { backoffLimit: 1, template: { spec: { ...podSpec, restartPolicy: 'Never' } } }
const claim = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'standard',
  resources: { requests: { storage: '1Gi' } },
}
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('settings'), data: { level: 'debug' } }

/** One object of each kind that most charts and manifests are made of, with the fields that something here reads. */
export const ordinaryObjects: readonly object[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: meta('pod'), spec: podSpec },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('web'), spec: { replicas: 1, selector, template } },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: meta('db'),
    spec: {
      serviceName: 'db',
      selector,
      template,
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
    },
  },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: meta('agent'), spec: { selector, template } },
  { apiVersion: 'batch/v1', kind: 'Job', metadata: meta('load'), spec: job },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta('nightly'),
    spec: { schedule: '0 0 * * *', jobTemplate: { metadata: {}, spec: job } },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('web'),
    spec: {
      type: 'LoadBalancer',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: 30_080, protocol: 'TCP' }],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { ...meta('web'), annotations: { 'nginx.ingress.kubernetes.io/rewrite-target': '/' } },
    spec: {
      ingressClassName: 'nginx',
      defaultBackend: { service: { name: 'web', port: { number: 80 } } },
      rules: [
        {
          host: 'web.localhost',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }],
          },
        },
      ],
      tls: [{ hosts: ['web.localhost'], secretName: 'tls' }],
    },
  },
  configMap,
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: meta('kafka'),
    type: 'Opaque',
    data: { password: 'c2VjcmV0' },
    stringData: { user: 'me' },
  },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: claim },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta('web'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
    },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: meta('reader'),
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: meta('reader'),
    subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'dev' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.io' },
    spec: {
      group: 'example.io',
      names: { kind: 'Thing', plural: 'things' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  },
  { apiVersion: 'example.io/v1', kind: 'Thing', metadata: meta('thing'), spec: { account: 1, image: 'team/web:1' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'extra', labels: { app: 'web' } } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta('deny'),
    spec: { podSelector: selector, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }], ports: [] }] },
  },
  { apiVersion: 'v1', kind: 'List', items: [configMap, { apiVersion: 'v1', kind: 'List', items: [configMap] }] },
]
