import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { isRecord } from '../../core/is-record.ts'

const pruneAnnotation = 'kustomize.toolkit.fluxcd.io/prune'

type Around = {
  /** Of objects that name none. */
  readonly namespace: string
  /** Whose number of replicas an autoscaler holds. */
  readonly scaled: readonly Ref[]
  /** Whether objects of that kind live in namespaces. */
  readonly isNamespaced: (object: KubeObject) => boolean
}

/**
 * The objects as Flux is to get them. A Kustomization would put a namespace of its own over that of every object: each has
 * its own here. What holds objects or data of others, Flux is not to delete: kindup does, once nothing is left in it.
 * Hooks of charts are nobody's here: Flux would apply them as plain objects.
 */
export const forFlux = (
  objects: readonly KubeObject[],
  { namespace, scaled, isNamespaced }: Around,
): readonly KubeObject[] =>
  objects
    .filter(({ metadata: { annotations } }) => annotations?.['helm.sh/hook'] === undefined)
    .map((object) => {
      const { namespace: own, ...metadata } = object.metadata
      const placed = isNamespaced(object)
        ? { ...object, metadata: { ...metadata, namespace: own ?? namespace } }
        : { ...object, metadata }
      return kept(scaled.some((ref) => isOf(ref, placed)) ? withoutReplicas(placed) : placed)
    })

const isOf = ({ kind, name, namespace }: Ref, object: KubeObject): boolean =>
  kind === object.kind && name === object.metadata.name && namespace === object.metadata.namespace

/** Flux would set the number back each time. */
const withoutReplicas = (object: KubeObject): KubeObject => {
  const { spec } = object
  if (!isRecord(spec)) return object
  const { replicas: _replicas, ...rest } = spec
  return { ...object, spec: rest }
}

const heldBack = ['Namespace', 'CustomResourceDefinition', 'PersistentVolumeClaim', 'PersistentVolume']

/** What the user says goes first. */
const kept = (object: KubeObject): KubeObject => {
  const { annotations } = object.metadata
  return heldBack.includes(object.kind)
    ? { ...object, metadata: { ...object.metadata, annotations: { [pruneAnnotation]: 'disabled', ...annotations } } }
    : object
}
