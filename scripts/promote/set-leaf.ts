import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml'
import { columnOf, lineEndOf, lineStart, type Edit } from '../../core/yaml-edit/edits.ts'
import { colonOf, endOf, itemsOf, pairsOf, type KeyValue } from '../../core/yaml-edit/nodes.ts'
import { insertAt, insertLines, lineEnd, pairNamed } from '../../core/yaml-edit/pairs.ts'
import { scalarText } from '../../core/yaml-edit/scalar.ts'
import { at, placeAt, type YamlText } from '../image-edit/yaml-text.ts'
import { demandLineEnd } from '../image-edit/line-end.ts'
import { selectorsOf, showLeafPath } from './leaves.ts'

type Where = {
  readonly yaml: YamlText
  readonly document: Document.Parsed | undefined
  readonly path: readonly string[]
}

/**
 * The splices after which a path of a document says this. Keys that are missing are put at the end of the map where they
 * belong; undefined where an item of a list is missing. Throws ConfigError where the path leads through an alias.
 */
export const setLeaf = (where: Where, value: string): readonly Edit[] | undefined => {
  const { yaml, document, path } = where
  let node: Node | null = document?.contents ?? null
  let pair: KeyValue | undefined
  for (const [depth, part] of path.entries()) {
    if (isAlias(node))
      throw at(
        placeAt(yaml, node.range?.[0] ?? 0),
        `\`${showLeafPath(path)}\` goes through the alias *${node.source}: what stands there is another path's too.`,
        `Write \`${showLeafPath(path)}\` out here, or change it where &${node.source} stands.`,
      )
    if (part.startsWith('[')) {
      const items: readonly Node[] = isSeq(node) ? itemsOf(node) : []
      const words = document ? selectorsOf(document, items, path[depth - 1]) : []
      const item: Node | undefined = items[words.indexOf(part.slice(1, -1))]
      if (!item) return undefined
      ;[node, pair] = [item, undefined]
      continue
    }
    const next: KeyValue | undefined = isMap(node) ? pairNamed(node, part) : undefined
    if (next) [node, pair] = [next.value, next]
    else return insertKeys(where, { map: node, owner: pair, depth }, value)
  }
  const [start = 0, end = 0] = node?.range ?? []
  const text = isJson(yaml) ? JSON.stringify(value) : scalarText(value, node)
  if (node && end > start) return [{ start, end: isScalar(node) ? endOf(yaml.text, node) : end, text }]
  const colon = pair && colonOf(pair)
  return colon === undefined ? undefined : [insertAt(colon + 1, ` ${text}`)]
}

type Gap = { readonly map: Node | null; readonly owner: KeyValue | undefined; readonly depth: number }

const insertKeys = ({ yaml, path }: Where, { map, owner, depth }: Gap, value: string): readonly Edit[] | undefined => {
  const keys = path.slice(depth)
  if (keys.some((key) => key.startsWith('['))) return undefined
  const { text } = yaml
  if (isMap(map) && (map.flow === true || isJson(yaml))) return [intoFlow(yaml, map, keys, value)]
  if (isMap(map)) {
    const [first, last] = [pairsOf(map)[0], pairsOf(map).at(-1)]
    if (!first || !last) return undefined
    const start = first.key.range?.[0] ?? 0
    demandLineEnd(yaml, last)
    return [insertLines(text, last, blockLines(keys, value, columnOf(text, start)))]
  }
  if (map !== null && !(isScalar(map) && map.value === null)) return undefined
  if (owner) {
    const start = owner.key.range?.[0] ?? 0
    const [from = 0, to = 0] = map?.range ?? []
    const emptied = to > from ? [{ start: from, end: to, text: '' }] : []
    return [...emptied, insertLines(text, owner, blockLines(keys, value, columnOf(text, start) + 2))]
  }
  const eol = lineEndOf(text)
  const lines = blockLines(keys, value, 0).join(eol)
  return [text === '' || text.endsWith('\n') ? insertAt(text.length, lines + eol) : insertAt(text.length, eol + lines)]
}

const blockLines = (keys: readonly string[], value: string, indent: number): readonly string[] =>
  keys.map(
    (key, index) =>
      `${' '.repeat(indent + 2 * index)}${scalarText(key)}:${index === keys.length - 1 ? ` ${scalarText(value)}` : ''}`,
  )

const intoFlow = (yaml: YamlText, map: YAMLMap, keys: readonly string[], value: string): Edit => {
  const { text } = yaml
  const quote = isJson(yaml) ? (word: string) => JSON.stringify(word) : (word: string) => scalarText(word)
  const entry = keys.reduceRight(
    (inner, key, index) => `${quote(key)}: ${index === keys.length - 1 ? inner : `{ ${inner} }`}`,
    quote(value),
  )
  const [first, last] = [pairsOf(map)[0], pairsOf(map).at(-1)]
  if (!first || !last) return insertAt((map.range?.[0] ?? 0) + 1, ` ${entry} `)
  const start = first.key.range?.[0] ?? 0
  const before = text.slice(lineStart(text, start), start)
  const end = last.value ? endOf(text, last.value) : lineEnd(text, start)
  return insertAt(end, before.trim() === '' && before !== '' ? `,${lineEndOf(text)}${before}${entry}` : `, ${entry}`)
}

/** Whether a file is JSON, where plain words are none. */
const isJson = ({ file, text }: YamlText): boolean => /\.json$/i.test(file) && text.trim() !== ''
