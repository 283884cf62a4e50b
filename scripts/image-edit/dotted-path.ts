import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml'
import { itemsOf, pairsOf, type KeyValue } from '../../core/yaml-edit/nodes.ts'
import { pairNamed } from '../../core/yaml-edit/pairs.ts'
import { at, placeAt, type YamlText } from './yaml-text.ts'

/** Where a path leads: a key of a map, or an item of a list. */
export type Found = { readonly node: Node | null; readonly pair: KeyValue | undefined }

/** `web.image.tag`, `containers.0.image` or `containers[0].image`; a dot in a key is written `\.`. */
export const segmentsOf = (path: string): readonly string[] =>
  path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split(/(?<!\\)\./)
    .map((part) => part.replaceAll(String.raw`\.`, '.'))

/** Follows a path through a document; undefined where it ends before. Throws where it goes through an alias: that is another path's. */
export const follow = (yaml: YamlText, document: Document.Parsed, path: string): Found | undefined => {
  let found: Found = { node: document.contents, pair: undefined }
  for (const segment of segmentsOf(path)) {
    const next = step(yaml, found, segment, path)
    if (!next) return undefined
    found = next
  }
  return found
}

const step = (yaml: YamlText, { node }: Found, segment: string, path: string): Found | undefined => {
  if (isAlias(node))
    throw at(
      placeAt(yaml, node.range?.[0] ?? 0),
      `\`${path}\` goes through the alias *${node.source}: what stands there is another path's too.`,
      `Name the path where &${node.source} stands.`,
    )
  if (isSeq(node)) {
    const item = /^\d+$/.test(segment) ? itemsOf(node)[Number(segment)] : undefined
    return item && { node: item, pair: undefined }
  }
  const pair = isMap(node) ? pairNamed(node, segment) : undefined
  return pair && { node: pair.value, pair }
}

/** Every path of a document that leads to a scalar. */
export const pathsOf = (node: Node | null, before: readonly string[] = []): readonly string[] => {
  if (isSeq(node)) return itemsOf(node).flatMap((item, index) => pathsOf(item, [...before, String(index)]))
  if (!isMap(node)) return before.length > 0 ? [before.join('.')] : []
  return pairsOf(node).flatMap(({ key, value }) =>
    isScalar(key) ? pathsOf(value, [...before, String(key.value).replaceAll('.', String.raw`\.`)]) : [],
  )
}
