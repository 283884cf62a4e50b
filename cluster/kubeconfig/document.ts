import {
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
} from 'yaml'
import { EnvironmentError } from '../../core/errors.ts'

/**
 * The text of a kubeconfig with the positions of what is in it. Characters are bytes (latin1), so that a splice keeps
 * every byte, whatever its encoding.
 */
export type KubeconfigText = {
  readonly text: string
  /** Where it stands, for messages. */
  readonly file: string
  readonly document: Document.Parsed
  /** The pairs of the outermost map; none in an empty file. */
  readonly root: readonly Pair<Node, Node | null>[]
  /** How the outermost map is written; `none` when there is no content yet. */
  readonly style: 'block' | 'flow' | 'none'
}

/** Throws `kubeconfig` with file, line and column when it is no kubeconfig, or one that cannot be edited as text. */
export const parseKubeconfig = (text: string, file: string): KubeconfigText => {
  const document = parseDocument(text, { keepSourceTokens: true, prettyErrors: true })
  const [error] = document.errors
  if (error) {
    const [at] = error.linePos ?? []
    throw unusable(file, at, (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''))
  }
  const { contents } = document
  if (contents === null || (isScalar(contents) && contents.value === null && contents.source === ''))
    return { text, file, document, root: [], style: 'none' }
  if (!isMap(contents)) throw unusable(file, { line: 1, col: 1 }, 'it is not a map of clusters, contexts and users')
  const root = contents.items as readonly Pair<Node, Node | null>[]
  for (const pair of root)
    if (colonOf(pair) === undefined) throw unusable(file, placeOf(text, pair.key), 'a key has no value')
  for (const section of sections) {
    const pair = pairOf({ root }, section)
    if (pair?.value && !isSeq(pair.value) && !isNothing(pair.value))
      throw unusable(file, placeOf(text, pair.value), `${section} is not a list`)
  }
  return { text, file, document, root, style: contents.flow === true ? 'flow' : 'block' }
}

export const sections = ['clusters', 'contexts', 'users'] as const
export type Section = (typeof sections)[number]

export const pairOf = ({ root }: Pick<KubeconfigText, 'root'>, key: string): Pair<Node, Node | null> | undefined =>
  root.find((pair) => keyOf(pair) === key)

export const keyOf = (pair: Pair<Node, Node | null>): string => (isScalar(pair.key) ? String(pair.key.value) : '')

/** The entries of a list with the name of each. */
export const entriesOf = (config: Pick<KubeconfigText, 'root'>, section: Section): { node: Node; name: string }[] => {
  const list = pairOf(config, section)?.value
  if (!isSeq(list)) return []
  return list.items.flatMap((node) =>
    isNode(node) ? [{ node, name: isMap(node) ? String(node.get('name')) : '' }] : [],
  )
}

/** The current context; undefined when none is set. */
export const currentContextOf = (config: Pick<KubeconfigText, 'root'>): string | undefined => {
  const value = pairOf(config, 'current-context')?.value
  const name: unknown = isScalar(value) ? value.toJSON() : undefined
  return typeof name === 'string' && name !== '' ? name : undefined
}

const isNothing = (node: Node | null | undefined): boolean =>
  node === null || node === undefined || (isScalar(node) && node.value === null)

/** The place after the key's colon, where its value's text begins, and the end of that text: no line end, no comment behind it. */
export const valueRange = (config: Pick<KubeconfigText, 'text'>, pair: Pair<Node, Node | null>): [number, number] => {
  const start = (colonOf(pair) ?? 0) + 1
  return [start, Math.max(start, pair.value ? endOf(config.text, pair.value) : start)]
}

/** Where the text of a node ends. The ranges of block collections run to the next line; their last leaf tells the truth. */
export const endOf = (text: string, node: Node): number => {
  const [start = 0, end = 0] = node.range ?? []
  if (isScalar(node) && node.source === '' && end === start) return 0
  if (!isCollection(node) || node.flow === true) return start + text.slice(start, end).replace(/[\r\n]+$/, '').length
  const last: unknown = node.items.at(-1)
  if (!isPair(last)) return isNode(last) ? endOf(text, last) : end
  const colon = (colonOf(last) ?? (isNode(last.key) ? last.key.range?.[1] : undefined) ?? start) + 1
  return Math.max(colon, isNode(last.value) ? endOf(text, last.value) : colon)
}

/** Where the dash of each entry stands. */
export const dashesOf = (list: Node): number[] => {
  const token = list.srcToken
  if (token?.type !== 'block-seq') return []
  return token.items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  )
}

const colonOf = (pair: Pair): number | undefined =>
  pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind')?.offset

const placeOf = (text: string, node: Node): { line: number; col: number } => {
  const before = text.slice(0, node.range?.[0] ?? 0)
  return { line: before.split('\n').length, col: before.length - before.lastIndexOf('\n') }
}

const unusable = (file: string, at: { line: number; col: number } | undefined, why: string): EnvironmentError => {
  const place = at ? `${file}:${at.line}:${at.col}` : file
  return new EnvironmentError('kubeconfig', `The kubeconfig ${place} cannot be read: ${why}. Nothing was changed.`, {
    hints: [`Repair ${place}, or use another file: KUBECONFIG=FILE npm run up`],
  })
}
