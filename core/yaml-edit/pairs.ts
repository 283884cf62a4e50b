import { isAlias, isScalar, type Document, type Node, type YAMLMap } from 'yaml'
import { columnOf, lineEndOf, lineStart, type Edit } from './edits.ts'
import { colonOf, endOf, pairEnd, pairsOf, type KeyValue } from './nodes.ts'
import { scalarText } from './scalar.ts'

export const pairNamed = (map: YAMLMap, name: string): KeyValue | undefined =>
  pairsOf(map).find(({ key }) => isScalar(key) && String(key.value) === name)

/** The text of a node, replaced; undefined where it has none. */
export const replaceNode = (text: string, node: Node, value: string): Edit | undefined => {
  const [start, stop] = node.range ?? [0, 0]
  if (stop <= start) return undefined
  const end = isScalar(node) ? endOf(text, node) : stop
  return { start, end, text: scalarText(value, node) }
}

/** Sets the value of a key that is there. Other keys that read it through its anchor follow; an alias is replaced. */
export const setValue = (document: Document.Parsed, text: string, pair: KeyValue, value: string): Edit[] => {
  const { value: node } = pair
  const edit = (node && replaceNode(text, node, value)) ?? fillIn(pair, value)
  if (isScalar(node)) node.value = value
  else if (node === null || isAlias(node)) pair.value = document.createNode(value) as Node
  return edit ? [edit] : []
}

const fillIn = (pair: KeyValue, value: string): Edit | undefined => {
  const colon = colonOf(pair)
  return colon === undefined ? undefined : { start: colon + 1, end: colon + 1, text: ` ${scalarText(value)}` }
}

/** Puts another key, with its value, where a key stands. */
export const renamePair = (
  document: Document.Parsed,
  text: string,
  pair: KeyValue,
  [key, value]: readonly [string, string],
): Edit[] => {
  const renamed = replaceNode(text, pair.key, key)
  const edits = [...(renamed ? [renamed] : []), ...setValue(document, text, pair, value)]
  pair.key = document.createNode(key) as Node
  return edits
}

/** Puts keys behind the last one of a map that has some. */
export const addPairs = (
  document: Document.Parsed,
  text: string,
  map: YAMLMap,
  added: readonly (readonly [string, string])[],
): Edit[] => {
  const [first] = pairsOf(map)
  const last = pairsOf(map).at(-1)
  if (!first || !last) return []
  const keyStart = first.key.range?.[0] ?? 0
  const lines = added.map(([key, value]) => `${key}: ${scalarText(value)}`)
  const edit =
    map.flow === true
      ? insertAt(pairEnd(text, last), lines.map((line) => `, ${line}`).join(''))
      : insertLines(
          text,
          last,
          lines.map((line) => ' '.repeat(columnOf(text, keyStart)) + line),
        )
  for (const [key, value] of added) map.set(document.createNode(key), document.createNode(value))
  return [edit]
}

/** Takes a key out, with the comment behind it on its line; comments on lines of their own stay. */
export const removePair = (text: string, map: YAMLMap, pair: KeyValue): Edit[] => {
  const pairs = pairsOf(map)
  const index = pairs.indexOf(pair)
  const [before, next] = [pairs[index - 1], pairs[index + 1]]
  map.items.splice(map.items.indexOf(pair), 1)
  const start = pair.key.range?.[0] ?? 0
  const end = pairEnd(text, pair)
  if (map.flow === true) {
    if (before) return [{ start: pairEnd(text, before), end, text: '' }]
    return [{ start, end: next?.key.range?.[0] ?? end, text: '' }]
  }
  if (!before) {
    const nextStart = next?.key.range?.[0] ?? end
    const ownComment = /\n\s*#/.test(text.slice(end, nextStart))
    return [{ start, end: ownComment ? end : nextStart, text: '' }]
  }
  return [{ start: lineEnd(text, pairEnd(text, before)), end: lineEnd(text, end), text: ownLines(text, before, start) }]
}

/** The comment lines between a pair and what stands behind it. */
const ownLines = (text: string, before: KeyValue, start: number): string =>
  text.slice(lineEnd(text, pairEnd(text, before)), lineStart(text, start)).replace(/\r?\n$/, '')

/** Puts lines behind the line on which a pair ends. */
export const insertLines = (text: string, after: KeyValue, lines: readonly string[]): Edit => {
  const eol = lineEndOf(text)
  return insertAt(lineEnd(text, pairEnd(text, after)), lines.map((line) => eol + line).join(''))
}

export const insertAt = (at: number, text: string): Edit => ({ start: at, end: at, text })

/** Where the line ends that a place is on, before its line end. */
export const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  if (end < 0) return text.length
  return text[end - 1] === '\r' && end > at ? end - 1 : end
}
