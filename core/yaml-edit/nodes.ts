import { isCollection, isNode, isPair, isScalar, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'

/** Key and value of a map as they were parsed: both are nodes, where a map that was put together may have plain values. */
export type KeyValue = Pair<Node, Node | null>

const isParsed = (pair: Pair): pair is KeyValue => isNode(pair.key) && (pair.value === null || isNode(pair.value))

/** The pairs of a map; one that was put in as plain values is passed over. */
export const pairsOf = (map: YAMLMap): readonly KeyValue[] => map.items.filter(isParsed)

/** The items of a list; what was put in as a plain value is passed over. */
export const itemsOf = (list: YAMLSeq): readonly Node[] => list.items.filter((item) => isNode(item))

export const keyOf = (pair: KeyValue): string => (isScalar(pair.key) ? String(pair.key.value) : '')

/** The place after the key and its colon, where its value's text begins, and the end of that text: no line end, no comment behind it. */
export const valueRange = (text: string, pair: KeyValue): [number, number] => {
  const colon = colonOf(pair)
  const start = colon === undefined ? (pair.key.range?.[1] ?? 0) : colon + 1
  return [start, Math.max(start, pair.value ? endOf(text, pair.value) : start)]
}

/** Where the text of a pair ends, no line end, no comment behind it. */
export const pairEnd = (text: string, pair: KeyValue): number => valueRange(text, pair)[1]

/** Where the text of a node ends. The ranges of block collections run to the next line; their last leaf tells the truth. */
export const endOf = (text: string, node: Node): number => {
  const [start = 0, end = 0] = node.range ?? []
  if (end === start) return 0
  if (!isCollection(node) || node.flow === true) return start + text.slice(start, end).replace(/[\r\n]+$/, '').length
  const last: unknown = node.items.at(-1)
  if (isPair(last)) return isParsed(last) ? pairEnd(text, last) : end
  // Behind the last dash there may be nothing.
  return Math.max((dashesOf(node).at(-1) ?? start) + 1, isNode(last) ? endOf(text, last) : end)
}

/** Where the dash of each entry stands. */
export const dashesOf = (list: Node): number[] => {
  const token = list.srcToken
  if (token?.type !== 'block-seq') return []
  return token.items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  )
}

/** Where the colon behind a key stands; undefined where there is none. */
export const colonOf = (pair: Pair): number | undefined =>
  pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind')?.offset
