import { isMap, isScalar, isSeq, type Document, type Node, type YAMLMap, type YAMLSeq } from 'yaml'
import { columnOf, lineEndOf, type Edit } from '../../core/yaml-edit/edits.ts'
import { dashesOf, endOf, itemsOf, pairsOf, type KeyValue } from '../../core/yaml-edit/nodes.ts'
import { insertAt, insertLines, lineEnd, pairNamed } from '../../core/yaml-edit/pairs.ts'
import { scalarText } from '../../core/yaml-edit/scalar.ts'
import { demandLineEnd, lastLeaf } from './line-end.ts'
import type { YamlText } from './yaml-text.ts'

/** Puts an image that is not there at the end of `images:`, or makes the list at the end of the kustomization. */
export const addImage = (yaml: YamlText, name: string, keys: readonly (readonly [string, string])[]): Edit[] => {
  const pairs = [['name', name] as const, ...keys]
  const lines = pairs.map(([key, value], index) => `${index === 0 ? '- ' : '  '}${key}: ${scalarText(value)}`)
  const flow = `{ ${pairs.map(([key, value]) => `${key}: ${scalarText(value)}`).join(', ')} }`
  const document = homeOf(yaml)
  const root = document?.contents as Node | null | undefined
  if (!document || !isMap(root)) return [appendAll(yaml.text, ['images:', ...lines])]
  const list = pairNamed(root, 'images')
  const entry = document.createNode(Object.fromEntries(pairs))
  if (list && isSeq(list.value)) {
    const edit = intoList(yaml.text, list, list.value, lines, flow)
    root.addIn(['images'], entry)
    return [edit]
  }
  const edits = list ? intoNothing(yaml.text, root, list, lines, flow) : [ownKey(yaml, root, lines, flow)]
  root.set('images', document.createNode([entry]))
  return edits
}

/** The document that has the images, else the first one with anything in it. */
const homeOf = ({ documents }: YamlText): Document.Parsed | undefined =>
  documents.find(({ contents }) => isMap(contents) && pairNamed(contents, 'images')) ??
  documents.find(({ contents }) => isMap(contents))

const intoList = (text: string, pair: KeyValue, list: YAMLSeq, lines: readonly string[], flow: string): Edit => {
  const last = itemsOf(list).at(-1)
  if (list.flow === true)
    return last ? insertAt(endOf(text, last), `, ${flow}`) : insertAt((list.range?.[0] ?? 0) + 1, flow)
  const [dash = 0] = dashesOf(list)
  return insertLines(text, pair, indented(lines, columnOf(text, dash)))
}

/** `images:` with nothing, or null, behind it. */
const intoNothing = (text: string, root: YAMLMap, pair: KeyValue, lines: readonly string[], flow: string): Edit[] => {
  const [start = 0, end = 0] = pair.value?.range ?? []
  if (root.flow === true) return [{ start, end, text: end > start ? `[${flow}]` : ` [${flow}]` }]
  const emptied = end > start && isScalar(pair.value) ? [{ start, end, text: '' }] : []
  return [...emptied, insertLines(text, pair, indented(lines, dashIndent(text, root)))]
}

const ownKey = (yaml: YamlText, root: YAMLMap, lines: readonly string[], flow: string): Edit => {
  const { text } = yaml
  const last = pairsOf(root).at(-1)
  if (root.flow === true)
    return last?.value
      ? insertAt(endOf(text, last.value), `, images: [${flow}]`)
      : insertAt((root.range?.[0] ?? 0) + 1, ` images: [${flow}] `)
  const all = ['images:', ...indented(lines, dashIndent(text, root))]
  if (!last) return appendAll(text, all)
  demandLineEnd(yaml, last)
  // The text of a block scalar runs to the next line; behind it is the first place that is not in it.
  const leaf = lastLeaf(last)
  if (isScalar(leaf) && leaf.type?.startsWith('BLOCK') === true)
    return appendAt(text, leaf.range?.[1] ?? text.length, all)
  return insertLines(text, last, all)
}

/** Lists are indented as the first one of the file is. */
const dashIndent = (text: string, root: YAMLMap): number => {
  const list = pairsOf(root).flatMap(({ value }) => (isSeq(value) && value.flow !== true ? [value] : []))[0]
  const [dash] = list ? dashesOf(list) : []
  return dash === undefined ? 0 : columnOf(text, dash)
}

const indented = (lines: readonly string[], by: number): string[] => lines.map((line) => ' '.repeat(by) + line)

const appendAll = (text: string, lines: readonly string[]): Edit => appendAt(text, text.length, lines)

/** Puts lines where a line begins, or where the text ends. */
const appendAt = (text: string, place: number, lines: readonly string[]): Edit => {
  const eol = lineEndOf(text)
  const fresh = place === 0 || text[place - 1] === '\n' || text === '\uFEFF'
  const open = fresh ? '' : eol
  const close = fresh ? eol : ''
  return insertAt(fresh ? place : lineEnd(text, place), open + lines.join(eol) + close)
}
