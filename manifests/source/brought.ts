import type { DefinedKind } from '../kinds/built-in.ts'
import type { RenderedObject } from '../deployable.ts'
import { definedKinds } from './defined-kinds.ts'

/**
 * The kinds that a deployable finds in the cluster when its chart is rendered there: those of all others, and those of its
 * own `crds/`, which helm puts in first. Its own templates come too late.
 */
export const broughtFor = (
  id: string,
  raws: ReadonlyMap<string, { readonly documents?: readonly RenderedObject[] }>,
): readonly DefinedKind[] =>
  [...raws].flatMap(([from, { documents = [] }]) =>
    definedKinds(from === id ? documents.filter(({ at }) => !/[\\/]templates[\\/]/.test(at.file)) : documents),
  )
