import { isDeepStrictEqual } from 'node:util'
import { isScalar, visit, type Document, type Pair } from 'yaml'

export type DuplicateKey = {
  readonly key: string
  /** Offsets of the first and of the later one in the document's text. */
  readonly first: number
  readonly again: number
  /** Whether both have the same value, so that it does not matter which one counts. */
  readonly equal: boolean
}

/** The keys that one map of a document holds twice. Parsers take the last one and say nothing; some refuse. */
export const duplicateKeys = (document: Document.Parsed): readonly DuplicateKey[] => {
  const found: DuplicateKey[] = []
  const valueOf = (pair: Pair) =>
    pair.value && typeof pair.value === 'object' && 'toJS' in pair.value
      ? (pair.value as { toJS(of: Document): unknown }).toJS(document)
      : pair.value
  visit(document, {
    Map(_index, map) {
      const seen = new Map<string, Pair>()
      for (const pair of map.items) {
        if (!isScalar(pair.key)) continue
        const key = String(pair.key.value)
        const before = seen.get(key)
        if (before && isScalar(before.key))
          found.push({
            key,
            first: before.key.range?.[0] ?? 0,
            again: pair.key.range?.[0] ?? 0,
            equal: isDeepStrictEqual(valueOf(before), valueOf(pair)),
          })
        seen.set(key, pair)
      }
    },
  })
  return found
}
