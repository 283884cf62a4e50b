import { isNode, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'

/** Key and value of a map as they were parsed: both are nodes, where a map that was put together may have plain values. */
export type KeyValue = Pair<Node, Node | null>

const isParsed = (pair: Pair): pair is KeyValue => isNode(pair.key) && (pair.value === null || isNode(pair.value))

/** The pairs of a map; one that was put in as plain values is passed over. */
export const pairsOf = (map: YAMLMap): readonly KeyValue[] => map.items.filter(isParsed)

/** The items of a list; what was put in as a plain value is passed over. */
export const itemsOf = (list: YAMLSeq): readonly Node[] => list.items.filter((item) => isNode(item))
