import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Path } from '../schema/words.ts'

/** Where kinds of Kubernetes' own have their pods: metadata and spec. */
const places: Readonly<Record<string, Path>> = {
  Pod: [],
  PodTemplate: ['template'],
  ReplicationController: ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
}

/** Where an object's pod template begins; undefined where it has none. */
export const templateAt = (object: KubeObject): Path | undefined => {
  const kind = groupKind(object)
  // A kind may be called like something that every map has: `constructor`.
  return Object.hasOwn(places, kind) ? places[kind] : undefined
}

export type ContainerAt = { readonly path: Path; readonly container: Fields; readonly list: string }

/** A pod as an object writes it, with the path of its spec. */
export type PodAt = {
  readonly path: Path
  readonly spec: Fields
  readonly labels: Fields
  readonly containers: readonly ContainerAt[]
}

export const podAt = (object: KubeObject): PodAt | undefined => {
  const at = templateAt(object)
  if (!at || !isRecord(valueAt(object, ...at, 'spec'))) return undefined
  const path = [...at, 'spec']
  return {
    path,
    spec: fieldsAt(object, ...path),
    labels: fieldsAt(object, ...at, 'metadata', 'labels'),
    containers: ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
      mapsAt(object, ...path, list).length === 0
        ? []
        : indexed(valueAt(object, ...path, list)).map(([index, container]) => ({
            path: [...path, list, index],
            container,
            list,
          })),
    ),
  }
}

/** The maps of a list with their positions. */
export const indexed = (value: unknown): readonly (readonly [number, Fields])[] =>
  Array.isArray(value) ? value.flatMap((item: unknown, index) => (isRecord(item) ? [[index, item] as const] : [])) : []
