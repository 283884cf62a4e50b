import { readFileSync } from 'node:fs'
import { isRecord } from '../../core/is-record.ts'
import { choices, limits } from './limits.ts'
import { anything, type Schema } from './schema.ts'

// The file is made by scripts/generate-kubernetes-fields.ts of what Kubernetes publishes. A field is written as
//   string  #core.v1.PodSpec  []string  [name]#core.v1.Container  {}quantity  string!  boolean 34-  any -27
// a type of the table, a list with the fields that tell its items apart, a map; `!` where a document of a release calls
// it required; the minors that have it where not all of them do.

type Written = string | readonly string[]
type Table = {
  readonly minors: readonly [first: number, last: number]
  readonly kinds: Readonly<Record<string, Written>>
  readonly types: Readonly<Record<string, Readonly<Record<string, Written>>>>
}

/** What a Kubernetes release serves by itself. */
export type KubernetesSchemas = {
  /** The minor whose documents these are: the nearest that is known. */
  readonly minor: number
  /** Undefined where this release serves no such kind. */
  of(apiVersion: string, kind: string): Schema | undefined
  /** The apiVersions that serve a kind, the steadiest first. */
  versionsOf(kind: string): readonly string[]
  /** A part of several kinds: `core.v1.PodTemplateSpec`. */
  type(name: string): Schema
}

/** Called required in the documents, and filled in or done without by the API. */
const notNeeded = new Set([
  'core.v1.HTTPHeader.value',
  'core.v1.Sysctl.value',
  'core.v1.LimitRangeSpec.limits',
  'core.v1.Event.involvedObject',
  'core.v1.Event.metadata',
  'apps.v1.StatefulSetSpec.serviceName',
  'apps.v1.ControllerRevision.data',
  'batch.v1.PodFailurePolicyOnPodConditionsPattern.status',
  'rbac.v1.RoleRef.apiGroup',
  'networking.v1.NetworkPolicySpec.podSelector',
  'discovery.v1.EndpointSlice.endpoints',
  'storage.v1.CSINodeSpec.drivers',
  'storage.v1.TokenRequest.audience',
  'meta.v1.GroupResource.group',
  'events.v1.Event.eventTime',
])

/**
 * Needed, though the documents do not say so, or say it of a number: those that are not written are 0, which the API takes
 * in other places.
 */
const needed = new Set([
  'core.v1.Container.image',
  'core.v1.ContainerPort.containerPort',
  'core.v1.ServicePort.port',
  'core.v1.GRPCAction.port',
  'core.v1.HTTPGetAction.port',
  'core.v1.TCPSocketAction.port',
  'core.v1.TopologySpreadConstraint.maxSkew',
  'core.v1.PreferredSchedulingTerm.weight',
  'core.v1.WeightedPodAffinityTerm.weight',
  'autoscaling.v1.HorizontalPodAutoscalerSpec.maxReplicas',
  'autoscaling.v2.HorizontalPodAutoscalerSpec.maxReplicas',
  'autoscaling.v2.HPAScalingPolicy.periodSeconds',
  'autoscaling.v2.HPAScalingPolicy.value',
])

/** Kinds that are nothing without their spec; their documents say so in some releases alone. */
const specNeeded =
  /^(?:apps\.v1\.(?:Deployment|DaemonSet|StatefulSet|ReplicaSet)|batch\.v1\.(?:Job|CronJob)|core\.v1\.(?:Pod|PodTemplateSpec|PersistentVolumeClaim)|autoscaling\.v[12]\.HorizontalPodAutoscaler)\.spec$/

/** The schemas of one minor; of the nearest one that is known where this one is not. */
export const kubernetesSchemas = (minor: number): KubernetesSchemas => {
  const table = readTable()
  const [first, last] = table.minors
  const within = Math.min(Math.max(minor, first), last)
  const made = new Map<string, Schema>()

  const type = (name: string): Schema => {
    const known = made.get(name)
    if (known) return known
    const written = table.types[name]
    if (!written) return anything
    const fields = new Map<string, string>()
    for (const [field, variants] of Object.entries(written)) {
      const one = inMinor(variants, within)
      if (one !== undefined) fields.set(field, one)
    }
    const schema: Schema = {
      kind: 'fields',
      names: [...fields.keys()],
      required: [...fields].flatMap(([field, one]) => (isNeeded(`${name}.${field}`, one) ? [field] : [])),
      field: (field) => {
        const one = fields.get(field)
        return one === undefined ? undefined : limited(parsed(one.replace('!', '')), `${name}.${field}`)
      },
      open: false,
    }
    made.set(name, schema)
    return schema
  }

  const parsed = (text: string): Schema => {
    if (text.startsWith('#')) return type(text.slice(1))
    const list = /^\[([^\]]*)\](.+)$/.exec(text)
    if (list) {
      const [, keys = '', items = ''] = list
      return { kind: 'list', items: () => parsed(items), keys: keys === '' ? [] : keys.split(',') }
    }
    if (text.startsWith('{}')) return { kind: 'map', values: () => parsed(text.slice(2)) }
    return scalars[text] ?? anything
  }

  return {
    minor: within,
    of: (apiVersion, kind) => {
      const variants = table.kinds[`${apiVersion}/${kind}`]
      const name = variants === undefined ? undefined : inMinor(variants, within)
      return name === undefined ? undefined : type(name)
    },
    versionsOf: (kind) =>
      Object.entries(table.kinds)
        .flatMap(([name, variants]) =>
          name.endsWith(`/${kind}`) && inMinor(variants, within) !== undefined ? [name.slice(0, -kind.length - 1)] : [],
        )
        .toSorted((a, b) => Number(/alpha|beta/.test(a)) - Number(/alpha|beta/.test(b)) || (a < b ? 1 : -1)),
    type,
  }
}

const limited = (schema: Schema, path: string): Schema => {
  const some = choices[path]
  const limit = limits[path]
  if (!some && !limit) return schema
  if (schema.kind === 'list') return { ...schema, items: () => limited(schema.items(), path) }
  if (schema.kind === 'any' || schema.kind === 'map' || schema.kind === 'fields') return schema
  return { ...schema, ...(some ? { choices: ['', ...some] } : {}), ...(limit ? { limits: limit } : {}) }
}

const isNeeded = (path: string, written: string): boolean => {
  if (specNeeded.test(path) || needed.has(path)) return true
  return written.endsWith('!') && !notNeeded.has(path) && !/^(?:int32|int64|number|boolean|any)!$/.test(written)
}

const scalars: Readonly<Record<string, Schema>> = Object.fromEntries(
  (['string', 'bytes', 'time', 'boolean', 'number', 'int32', 'int64', 'quantity', 'int-or-string'] as const).map(
    (kind) => [kind, { kind }],
  ),
)

/** `string 34-` in minor 33: undefined. */
const inMinor = (written: Written, minor: number): string | undefined => {
  for (const one of typeof written === 'string' ? [written] : written) {
    const [type = '', range] = one.split(' ')
    if (range === undefined) return type
    const [from = '', to = ''] = range.split('-')
    if ((from === '' || Number(from) <= minor) && (to === '' || Number(to) >= minor)) return type
  }
  return undefined
}

const readTable = (): Table => {
  const file: unknown = JSON.parse(readFileSync(new URL('kubernetes-fields.json', import.meta.url), 'utf8'))
  if (!isTable(file)) throw new Error('kubernetes-fields.json is not what its generator writes')
  return file
}

const isTable = (value: unknown): value is Table =>
  isRecord(value) && Array.isArray(value['minors']) && isRecord(value['kinds']) && isRecord(value['types'])
