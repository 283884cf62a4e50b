import { isMap } from './object.ts'
import type { Json, Obj } from './object.ts'

/** What the server fills in, as far as controllers and clients look at it. `number` is one that no other object gets. */
export const withDefaults = (object: Obj, number: () => number): Obj => {
  const spec = isMap(object.spec) ? object.spec : {}
  switch (`${object.apiVersion}/${object.kind}`) {
    case 'v1/Secret':
      return secret(object)
    case 'v1/Namespace':
      return {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
        },
        spec: { finalizers: ['kubernetes'], ...spec },
        status: { phase: 'Active', ...object.status },
      }
    case 'v1/Service':
      return { ...object, spec: service(spec, number) }
    case 'apps/v1/Deployment':
      return {
        ...object,
        spec: { replicas: 1, ...spec, strategy: rolling(spec['strategy'], surge), template: template(spec) },
      }
    case 'apps/v1/StatefulSet':
      return {
        ...object,
        spec: {
          replicas: 1,
          ...spec,
          updateStrategy: rolling(spec['updateStrategy'], { partition: 0 }),
          template: template(spec),
        },
      }
    case 'apps/v1/DaemonSet':
      return {
        ...object,
        spec: {
          ...spec,
          updateStrategy: rolling(spec['updateStrategy'], { maxUnavailable: 1, maxSurge: 0 }),
          template: template(spec),
        },
      }
    case 'batch/v1/Job':
      return job(object, spec)
    default:
      return object
  }
}

const surge = { maxUnavailable: '25%', maxSurge: '25%' }

const rolling = (given: unknown, values: Json): Json => {
  const strategy = isMap(given) ? given : {}
  const { type = 'RollingUpdate', rollingUpdate } = strategy
  return {
    ...strategy,
    type,
    ...(type === 'RollingUpdate' && { rollingUpdate: { ...values, ...(rollingUpdate as Json) } }),
  }
}

const secret = ({ stringData, ...object }: Obj): Obj => {
  const encoded = Object.entries(isMap(stringData) ? stringData : {}).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ])
  const data = { ...(object['data'] as Json | undefined), ...Object.fromEntries(encoded) }
  return { type: 'Opaque', ...object, ...(Object.keys(data).length > 0 && { data }) }
}

const service = (spec: Json, number: () => number): Json => {
  const type = spec['type'] ?? 'ClusterIP'
  const opens = type === 'NodePort' || type === 'LoadBalancer'
  const ports = ((spec['ports'] ?? []) as Json[]).map((port) => ({
    protocol: 'TCP',
    targetPort: port['port'],
    ...(opens && { nodePort: 30_000 + (number() % 2768) }),
    ...port,
  }))
  const host = number()
  const clusterIP = spec['clusterIP'] ?? `10.96.${(host >> 8) % 256}.${host % 256}`
  return { sessionAffinity: 'None', ...spec, type, ports, ...(type !== 'ExternalName' && { clusterIP }) }
}

const template = (spec: Json): unknown => {
  const given = isMap(spec['template']) ? spec['template'] : {}
  return { ...given, spec: { restartPolicy: 'Always', ...(isMap(given['spec']) && given['spec']) } }
}

/** A Job without a selector gets its own, by its uid. */
const job = (object: Obj, spec: Json): Obj => {
  const labels = { 'batch.kubernetes.io/job-name': object.metadata.name, 'job-name': object.metadata.name }
  const given = isMap(spec['template']) ? spec['template'] : {}
  const metadata = isMap(given['metadata']) ? given['metadata'] : {}
  return {
    ...object,
    spec: {
      backoffLimit: 6,
      completions: 1,
      parallelism: 1,
      selector: { matchLabels: { 'batch.kubernetes.io/job-name': object.metadata.name } },
      ...spec,
      template: { ...given, metadata: { ...metadata, labels: { ...(metadata['labels'] as Json), ...labels } } },
    },
  }
}
