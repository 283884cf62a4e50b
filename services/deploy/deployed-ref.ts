import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refIn, refOf } from '../../cluster/kube/ref.ts'
import { scopeOf } from '../../manifests/kinds/built-in.ts'

/** What names an object that is deployed to a namespace; of the whole cluster it has none. */
export const deployedRef = (object: KubeObject, namespace: string): Ref =>
  scopeOf(object) === 'cluster' ? refOf(object) : refIn(object, namespace)
