import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml'
import { partsOf } from '../../cluster/reference.ts'
import { itemsOf, pairsOf, type KeyValue } from '../../core/yaml-edit/nodes.ts'
import { said, type Said } from '../../core/yaml-edit/scalar.ts'

/** One value of a YAML document, with aliases and merge keys followed. */
export type Leaf = {
  /** Keys; items of lists by their name, `[web]`, else by their number, `[0]`. */
  readonly path: readonly string[]
  readonly value: Said
  /** As it is written, for what reads as no text. */
  readonly source: string
  /** Where it stands in the text. */
  readonly offset: number
}

/** Aliases may lead in circles. */
const deepest = 60

/** Every value of a document, in its order. */
export const leavesOf = (document: Document.Parsed): readonly Leaf[] => below(document, document.contents, [])

const below = (document: Document.Parsed, written: Node | null, path: readonly string[]): readonly Leaf[] => {
  if (path.length > deepest) return []
  const node = resolved(document, written)
  if (isMap(node))
    return entriesOf(document, node).flatMap(({ key, value }) =>
      below(document, value, [...path, isScalar(key) ? String(key.value) : '']),
    )
  if (isSeq(node)) {
    const words = selectorsOf(document, itemsOf(node), path.at(-1))
    return itemsOf(node).flatMap((item, index) => below(document, item, [...path, `[${words[index] ?? index}]`]))
  }
  if (path.length === 0) return []
  const source = isScalar(node) ? (node.source ?? '') : ''
  return [{ path, value: said(node), source, offset: written?.range?.[0] ?? 0 }]
}

/** What items of a list are called: their names where each has its own, else their numbers. */
export const selectorsOf = (
  document: Document.Parsed,
  items: readonly Node[],
  list: string | undefined,
): readonly string[] => {
  const names = items.map((item) => nameOf(resolved(document, item), list))
  return names.map((name, index) =>
    name !== undefined && names.indexOf(name) === names.lastIndexOf(name) ? name : String(index),
  )
}

const nameOf = (item: Node | null, list: string | undefined): string | undefined => {
  if (isMap(item)) {
    const name = item.get('name')
    return typeof name === 'string' ? name : undefined
  }
  // Argo CD's `kustomize.images`: `web=example/web:1.2.3`.
  if (list === 'images' && isScalar(item) && typeof item.value === 'string')
    return item.value.includes('=') ? item.value.slice(0, item.value.indexOf('=')) : partsOf(item.value).repository
  return undefined
}

/** The pairs of a map, with those that it merges in and does not have itself. */
const entriesOf = (document: Document.Parsed, map: YAMLMap): readonly KeyValue[] => {
  const own = pairsOf(map).filter((pair) => !isMerge(pair))
  const has = new Set(own.map(({ key }) => String(key)))
  const merged = pairsOf(map)
    .filter(isMerge)
    .flatMap(({ value }) => {
      const from = resolved(document, value)
      return isSeq(from) ? itemsOf(from).map((item) => resolved(document, item)) : [from]
    })
    .flatMap((from) => (isMap(from) && from !== map ? pairsOf(from).filter((pair) => !isMerge(pair)) : []))
    .filter(({ key }) => !has.has(String(key)) && has.add(String(key)))
  return [...own, ...merged]
}

const isMerge = ({ key }: KeyValue): boolean => isScalar(key) && key.value === '<<' && key.type === 'PLAIN'

const resolved = (document: Document.Parsed, node: Node | null): Node | null =>
  isAlias(node) ? ((node.resolve(document) as Node | undefined) ?? null) : node

/** How a path reads: `spec.containers[web].image`. */
export const showLeafPath = (path: readonly string[]): string =>
  path.reduce((shown, part) => (part.startsWith('[') || shown === '' ? shown + part : `${shown}.${part}`), '')
