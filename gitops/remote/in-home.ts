import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'

/** The objects by name; those that name no namespace are in `home`, where their kind has namespaces at all. */
export const inHome = (objects: readonly KubeObject[], home: string): readonly Ref[] =>
  objects.map((object) => ({ ...refOf(object), namespace: object.metadata.namespace ?? home }))
