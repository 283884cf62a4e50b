import { isMap, isNode, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml'
import { EnvironmentError } from '../../core/errors.ts'
import { colonOf, keyOf, type KeyValue } from '../../core/yaml-edit/nodes.ts'

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
  readonly root: readonly KeyValue[]
  /** How the outermost map is written; `none` when there is no content yet. */
  readonly style: 'block' | 'flow' | 'none'
}

/** Throws `kubeconfig` with file, line and column when it is no kubeconfig, or one that cannot be edited as text. */
export const parseKubeconfig = (text: string, file: string): KubeconfigText => {
  const document = parseDocument(text, { keepSourceTokens: true, prettyErrors: true, logLevel: 'error' })
  const [error] = document.errors
  if (error) {
    const [at] = error.linePos ?? []
    throw unusable(file, at, (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''))
  }
  const { contents } = document
  if (contents === null || (isScalar(contents) && contents.value === null && contents.source === ''))
    return { text, file, document, root: [], style: 'none' }
  if (!isMap(contents)) throw unusable(file, { line: 1, col: 1 }, 'it is not a map of clusters, contexts and users')
  const root = contents.items as readonly KeyValue[]
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

export const pairOf = ({ root }: Pick<KubeconfigText, 'root'>, key: string): KeyValue | undefined =>
  root.find((pair) => keyOf(pair) === key)

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
  // A file that was cut between \r and \n: for kubectl the \r alone ends the line.
  const whole = typeof name === 'string' ? name.replace(/\r+$/, '') : ''
  return whole === '' ? undefined : whole
}

const isNothing = (node: Node | null | undefined): boolean =>
  node === null || node === undefined || (isScalar(node) && node.value === null)

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
