import { fieldsAt, listAt, mapsAt, textAt, textsAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { PodPlacement } from '../../cluster/nodes/may-run.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { groupOf } from '../kinds/kind.ts'

/** A pod's spec and the metadata beside it, as written in an object: anything may stand in any field. */
export type PodTemplate = Fields

/** What a container says of itself; `written` is the whole of it. */
export type Container = {
  readonly name: string | undefined
  readonly image: string | undefined
  readonly imagePullPolicy: string | undefined
  readonly written: Fields
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
  const value = valueAt(object, ...path)
  return isRecord(value) ? value : undefined
}

/** The object with its pod template replaced; as it is where it has none. */
export const withPodTemplate = (object: KubeObject, change: (template: PodTemplate) => PodTemplate): KubeObject => {
  const path = pathOf(object)
  const template = podTemplateOf(object)
  if (path === undefined || template === undefined) return object
  const [first, ...rest] = path
  const changed = change(template)
  if (first === undefined) return { ...object, ...withHead(changed, object) }
  return { ...object, [first]: replaceAt(object[first], rest, changed) }
}

/** A Pod is its own template: what makes it an object stays as it is. */
const withHead = (template: PodTemplate, { apiVersion, kind, metadata }: KubeObject) => ({
  ...template,
  apiVersion,
  kind,
  metadata: {
    ...metadata,
    ...(isRecord(valueAt(template, 'metadata', 'annotations'))
      ? { annotations: textsAt(template, 'metadata', 'annotations') }
      : {}),
  },
})

/** All containers of a pod: those that run, those before them, those for looking in. */
export const containersOf = (
  template: PodTemplate | undefined,
  lists: readonly ContainerList[] = containerLists,
): readonly Container[] => lists.flatMap((list) => mapsAt(template, 'spec', list).map(asContainer))

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const
type ContainerList = (typeof containerLists)[number]

const asContainer = (written: Fields): Container => ({
  name: textAt(written, 'name'),
  image: textAt(written, 'image'),
  imagePullPolicy: textAt(written, 'imagePullPolicy'),
  written,
})

/** Where the pods may run, as they say it. */
export const placementOf = (template: PodTemplate): PodPlacement => ({
  nodeSelector: textsAt(template, 'spec', 'nodeSelector'),
  tolerations: mapsAt(template, 'spec', 'tolerations').map((one) => textsAt(one)),
})

/** The template with every container of some lists changed; what stands there and is none stays. */
export const withContainers = (
  template: PodTemplate,
  change: (container: Container) => Fields,
  lists: readonly ContainerList[] = containerLists,
): PodTemplate => {
  const spec = fieldsAt(template, 'spec')
  const changed = lists
    .filter((list) => Array.isArray(spec[list]))
    .map((list) => [list, listAt(spec, list).map((one) => (isRecord(one) ? change(asContainer(one)) : one))] as const)
  return withSpec(template, Object.fromEntries(changed))
}

/** The template with some fields of its spec replaced; as it is where it has no spec. */
export const withSpec = (template: PodTemplate, fields: Fields): PodTemplate =>
  isRecord(template['spec']) ? { ...template, spec: { ...template['spec'], ...fields } } : template

/** The template with annotations added. */
export const withAnnotations = (template: PodTemplate, annotations: Readonly<Record<string, string>>): PodTemplate => ({
  ...template,
  metadata: {
    ...fieldsAt(template, 'metadata'),
    annotations: { ...fieldsAt(template, 'metadata', 'annotations'), ...annotations },
  },
})

const replaceAt = (value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown =>
  key === undefined ? replacement : { ...fieldsAt(value), [key]: replaceAt(valueAt(value, key), rest, replacement) }
