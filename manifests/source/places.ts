import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Place } from '../../core/problem.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Raw } from './raw.ts'

type Path = readonly (string | number)[]

/** Documents of the cache do not know their lines: what made them makes them again, now that somebody asks. */
export const withPlaces = async ({ documents = [], located }: Raw): Promise<readonly RenderedDocument[]> => {
  if (!located || documents.every(({ placeOf }) => placeOf)) return documents
  const again = await located()
  return again.length === documents.length ? again : documents
}

/** A file without a line says less than where the object begins. */
export const placeIn = (document: RenderedDocument | undefined, path: Path): Place | undefined => {
  const place = document?.placeOf?.(path)
  return place?.line === undefined ? (document?.at ?? place) : place
}

/** The document that an object was made from, which may have no namespace where the object has one. */
export const writtenAs = (
  documents: readonly RenderedDocument[],
  { metadata: { name, namespace }, ...type }: KubeObject,
): RenderedDocument | undefined => {
  const same = documents.filter(({ object }) => object.metadata.name === name && groupKind(object) === groupKind(type))
  return same.find(({ object }) => object.metadata.namespace === namespace) ?? same[0]
}
