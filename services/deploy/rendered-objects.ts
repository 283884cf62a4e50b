import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import type { PlaceOf } from './apply.ts'
import type { Ready } from './late-render.ts'

/** All that is applied: what is rendered, and what is exposed beside it. */
export const objectsOf = ({ objects, exposed }: Ready['rendered']): readonly KubeObject[] => [
  ...objects.map(({ object }) => object),
  ...exposed,
]

/** Where the text of each object stands. */
export const placesOf = ({ objects = [] }: Pick<Rendered, 'objects'>): PlaceOf => {
  const places = new Map(objects.map(({ object, at }) => [object, at]))
  return (object) => places.get(object)
}
