import { isRecord } from '../../core/is-record.ts'
import type { Toleration } from '../../cluster/images/may-run.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { groupOf } from '../kinds/kind.ts'

/** A pod's spec and the metadata beside it, as written in an object. */
export type PodTemplate = {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>>; readonly [key: string]: unknown }
  readonly spec?: PodSpec
  readonly [key: string]: unknown
}

export type Container = {
  readonly name?: string
  readonly image?: string
  readonly imagePullPolicy?: string
  readonly [key: string]: unknown
}

export type PodSpec = {
  readonly containers?: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly ephemeralContainers?: readonly Container[]
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly tolerations?: readonly Toleration[]
  readonly [key: string]: unknown
}

const templatePath: readonly { readonly kinds: RegExp; readonly groups: RegExp; readonly path: readonly string[] }[] = [
  { kinds: /^Pod$/, groups: /^$/, path: [] },
  { kinds: /^PodTemplate$/, groups: /^$/, path: ['template'] },
  { kinds: /^ReplicationController$/, groups: /^$/, path: ['spec', 'template'] },
  {
    kinds: /^(?:Deployment|DaemonSet|ReplicaSet|StatefulSet)$/,
    groups: /^(?:apps|extensions)$/,
    path: ['spec', 'template'],
  },
  { kinds: /^Job$/, groups: /^batch$/, path: ['spec', 'template'] },
  { kinds: /^CronJob$/, groups: /^batch$/, path: ['spec', 'jobTemplate', 'spec', 'template'] },
  // Argo Rollouts and Knative have the same shape at the same place.
  {
    kinds: /^(?:Rollout|Service|Configuration)$/,
    groups: /^(?:argoproj\.io|serving\.knative\.dev)$/,
    path: ['spec', 'template'],
  },
]

const pathOf = ({ apiVersion, kind }: KubeObject): readonly string[] | undefined =>
  templatePath.find(({ kinds, groups }) => kinds.test(kind) && groups.test(groupOf(apiVersion)))?.path

/** The pod template of an object: a bare Pod is its own. Undefined where there is none. */
export const podTemplateOf = (object: KubeObject): PodTemplate | undefined => {
  const path = pathOf(object)
  if (path === undefined) return undefined
  let value: unknown = object
  for (const key of path) value = isRecord(value) ? value[key] : undefined
  return isRecord(value) ? value : undefined
}

/** The object with its pod template replaced; as it is where it has none. */
export const withPodTemplate = (object: KubeObject, change: (template: PodTemplate) => PodTemplate): KubeObject => {
  const path = pathOf(object)
  const template = podTemplateOf(object)
  if (path === undefined || template === undefined) return object
  return replaceAt(object, path, change(template)) as KubeObject
}

/** All containers of a pod: those that run, those before them, those for looking in. */
export const containersOf = (spec: PodSpec | undefined): readonly Container[] =>
  containerLists.flatMap((list) => spec?.[list] ?? [])

export const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

const replaceAt = (value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown =>
  key === undefined
    ? replacement
    : { ...(value as object), [key]: replaceAt((value as Record<string, unknown>)[key], rest, replacement) }
