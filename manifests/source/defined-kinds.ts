import type { RenderedObject } from '../deployable.ts'
import { definedKind, type DefinedKind } from '../kinds/built-in.ts'

export const definedKinds = (documents: readonly RenderedObject[]): readonly DefinedKind[] =>
  documents.flatMap(({ object }) => definedKind(object) ?? [])

/** As `--api-versions` takes them: `group/version` and `group/version/Kind`. */
export const apiVersionsOf = (kinds: readonly DefinedKind[]): readonly string[] =>
  [
    ...new Set(
      kinds.flatMap(({ group, kind, versions }) =>
        versions.flatMap((version) => [`${group}/${version}`, `${group}/${version}/${kind}`]),
      ),
    ),
  ].toSorted()
