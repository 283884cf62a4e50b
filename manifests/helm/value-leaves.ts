import { isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Place } from '../../core/problem.ts'

export type Keys = readonly (string | number)[]

/** Something that a values file sets. */
export type Written = { readonly keys: Keys; readonly value: unknown; readonly at: Place }

/** What a values file sets, maps and lists too, each where its value begins; nothing of what is no YAML. */
export const writtenIn = (text: string, file: string): readonly Written[] => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })
  if (document.errors.length > 0) return []
  const placeOf = (node: unknown): Place => {
    const offset = isScalar(node) || isCollection(node) ? (node.range?.[0] ?? 0) : 0
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const below = (node: unknown, keys: Keys): readonly Written[] => {
    if (isMap(node))
      return node.items.flatMap((pair) => {
        if (!isScalar(pair.key)) return []
        const inner = [...keys, String(pair.key.value)]
        const value = isScalar(pair.value) ? pair.value.value : undefined
        return [
          // A map begins where its key stands.
          { keys: inner, value, at: placeOf(isScalar(pair.value) ? pair.value : pair.key) },
          ...below(pair.value, inner),
        ]
      })
    if (isSeq(node))
      return node.items.flatMap((item, index) => [
        ...(isScalar(item) ? [{ keys: [...keys, index], value: item.value, at: placeOf(item) }] : []),
        ...below(item, [...keys, index]),
      ])
    return []
  }
  return below(document.contents, [])
}
