import type { Kind } from './kinds.ts'
import { isMap, isSame } from './object.ts'
import type { Json, Obj } from './object.ts'
import { invalid } from './refusals.ts'
import type { Cause } from './refusals.ts'

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'])
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const labelName = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

/** Refuses with 422 what a real server refuses, as far as kindup's users run into it. */
export const validate = (kind: Kind, object: Obj, before: Obj | undefined): void => {
  const causes = [
    ...metadata(kind, object),
    ...(workloads.has(kind.kind) ? podTemplate(object) : []),
    ...(kind.kind === 'Job' ? jobPolicy(object) : []),
    ...(kind.kind === 'Secret' && kind.group === '' ? secret(object) : []),
    ...(kind.isCustom ? [] : missing(kind, object)),
    ...(kind.kind === 'CustomResourceDefinition' ? definition(object) : []),
    ...(before ? immutable(kind, object, before) : []),
  ]
  if (causes.length > 0) throw invalid(kind, object.metadata.name, causes)
}

const metadata = (kind: Kind, { metadata: { name, labels = {} } }: Obj): Cause[] => {
  // Names in RBAC may hold colons.
  const isName = kind.group === 'rbac.authorization.k8s.io' ? !name.includes('/') : subdomain.test(name)
  return [
    ...(isName && name.length <= 253
      ? []
      : [
          {
            field: 'metadata.name',
            message: `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'`,
          },
        ]),
    ...Object.entries(labels).flatMap(([key, value]) =>
      labelName.test(key) && typeof value === 'string' && labelValue.test(value)
        ? []
        : [
            {
              field: 'metadata.labels',
              message: `Invalid value: "${value}": a valid label must consist of alphanumeric characters`,
            },
          ],
    ),
  ]
}

const podTemplate = (object: Obj): Cause[] => {
  const spec = (object.spec ?? {}) as {
    selector?: { matchLabels?: Json }
    template?: { metadata?: { labels?: Json }; spec?: Json }
  }
  const labels = spec.template?.metadata?.labels ?? {}
  const selector = spec.selector?.matchLabels
  const containers = spec.template?.spec?.['containers']
  return [
    ...(spec.selector ? [] : [{ field: 'spec.selector', message: 'Required value' }]),
    ...(selector && Object.entries(selector).some(([key, value]) => labels[key] !== value)
      ? [
          {
            field: 'spec.template.metadata.labels',
            message: `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
          },
        ]
      : []),
    ...(Array.isArray(containers) && containers.length > 0
      ? (containers as Json[]).flatMap((container, at) =>
          ofContainer(container, `spec.template.spec.containers[${at}]`),
        )
      : [{ field: 'spec.template.spec.containers', message: 'Required value' }]),
  ]
}

const ofContainer = (container: Json, place: string): Cause[] => [
  ...(typeof container['image'] === 'string' && container['image'] !== ''
    ? []
    : [{ field: `${place}.image`, message: 'Required value' }]),
  ...['readinessProbe', 'livenessProbe', 'startupProbe'].flatMap((probe) => {
    const asked = (container[probe] ?? {}) as { httpGet?: Json; tcpSocket?: Json }
    return (['httpGet', 'tcpSocket'] as const).flatMap((way) =>
      asked[way] && asked[way]['port'] === undefined
        ? [
            {
              field: `${place}.${probe}.${way}.port`,
              message: 'Invalid value: 0: must be between 1 and 65535, inclusive',
            },
          ]
        : [],
    )
  }),
]

const jobPolicy = ({ spec }: Obj): Cause[] => {
  const policy = (spec?.['template'] as { spec?: Json } | undefined)?.spec?.['restartPolicy']
  return policy === 'Never' || policy === 'OnFailure'
    ? []
    : [
        {
          field: 'spec.template.spec.restartPolicy',
          message: 'Required value: valid values: "OnFailure", "Never"',
        },
      ]
}

/** What a claim wants, and what a registration of an API says of itself. */
const required: Readonly<Record<string, readonly (readonly string[])[]>> = {
  PersistentVolumeClaim: [['accessModes'], ['resources', 'requests', 'storage']],
  APIService: [['group'], ['version'], ['groupPriorityMinimum'], ['versionPriority']],
  HorizontalPodAutoscaler: [['maxReplicas'], ['scaleTargetRef']],
  CronJob: [['schedule'], ['jobTemplate']],
}

const missing = (kind: Kind, { spec }: Obj): Cause[] =>
  (required[kind.kind] ?? []).flatMap((path) => {
    const found = path.reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), spec)
    return found === undefined ? [{ field: ['spec', ...path].join('.'), message: 'Required value' }] : []
  })

const definition = ({ spec }: Obj): Cause[] =>
  ((spec?.['versions'] ?? []) as { schema?: { openAPIV3Schema?: unknown } }[]).flatMap(({ schema }, at) =>
    schema?.openAPIV3Schema === undefined
      ? [{ field: `spec.versions[${at}].schema.openAPIV3Schema`, message: 'Required value: schemas are required' }]
      : [],
  )

const secret = ({ data }: Obj): Cause[] => {
  const values = Object.values(isMap(data) ? data : {})
  const size = values.reduce<number>((sum, value) => sum + Buffer.from(String(value), 'base64').length, 0)
  return size > 1024 * 1024 ? [{ field: 'data', message: 'Too long: may not be more than 1048576 bytes' }] : []
}

const fixed: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['selector'],
  DaemonSet: ['selector'],
  Job: ['selector', 'template', 'completions'],
}

/** In the words of a real server (1.36). */
const immutable = (kind: Kind, object: Obj, before: Obj): Cause[] => {
  const differs = (field: string): boolean => !isSame(object.spec?.[field], before.spec?.[field])
  const top = (field: string): boolean => !isSame(object[field], before[field])
  const set = ['selector', 'serviceName', 'volumeClaimTemplates', 'podManagementPolicy']
  return [
    ...(fixed[kind.kind] ?? [])
      .filter(differs)
      .map((field) => ({ field: `spec.${field}`, message: 'Invalid value: {"a":"b"}: field is immutable' })),
    ...(kind.kind === 'StatefulSet' && set.some(differs)
      ? [
          {
            field: 'spec',
            message:
              "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          },
        ]
      : []),
    ...(kind.kind === 'Service' && kind.group === '' && differs('clusterIP')
      ? [{ field: 'spec.clusterIPs[0]', message: 'Invalid value: ["None"]: may not change once set' }]
      : []),
    ...(kind.kind === 'PersistentVolumeClaim' && before.status?.['phase'] === 'Bound' && differs('accessModes')
      ? [
          {
            field: 'spec',
            message:
              'Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
          },
        ]
      : []),
    ...(/^(?:Cluster)?RoleBinding$/.test(kind.kind) && top('roleRef')
      ? [{ field: 'roleRef', message: 'Invalid value: {"kind":"Role"}: cannot change roleRef' }]
      : []),
    ...(kind.kind === 'Secret' && top('type') ? [{ field: 'type', message: 'Invalid value: field is immutable' }] : []),
    ...(/^(?:ConfigMap|Secret)$/.test(kind.kind) && before['immutable'] === true && top('data')
      ? [{ field: 'data', message: 'Forbidden: field is immutable when `immutable` is set' }]
      : []),
    ...(kind.kind === 'PriorityClass' && top('value')
      ? [{ field: 'value', message: 'Forbidden: may not be changed in an update.' }]
      : []),
    ...(kind.kind === 'StorageClass' && top('provisioner')
      ? [{ field: 'provisioner', message: 'Forbidden: updates to provisioner are forbidden.' }]
      : []),
  ]
}
