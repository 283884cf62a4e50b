import { isMap, isSeq, LineCounter, parseDocument, type Document } from 'yaml'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { RenderedObject } from '../deployable.ts'
import { dialectTags, type Dialect } from './dialect.ts'
import { duplicateKeys } from './duplicate-keys.ts'
import { splitDocuments, type DocumentText } from './split.ts'

export type Parsed = { readonly objects: readonly RenderedObject[]; readonly problems: readonly Problem[] }

export type ParseOptions = {
  readonly dialect?: Dialect
  /** Where a line (from 1) of the text stands for the reader. */
  place(line: number): Place
}

/** Every object of a stream of YAML documents, with all that is wrong in it. Lists are taken apart, empty documents skipped. */
export const parseObjects = (stream: string, options: ParseOptions): Parsed => {
  const parts = splitDocuments(stream).map((document) => parseOne(document, options))
  return { objects: parts.flatMap(({ objects }) => objects), problems: parts.flatMap(({ problems }) => problems) }
}

/** `place` of a file that is parsed as it stands. */
export const inFile =
  (file: string): ParseOptions['place'] =>
  (line) => ({ file, line })

/** The objects of one document. */
export const parseOne = ({ text, line: firstLine }: DocumentText, options: ParseOptions): Parsed => {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: 'core',
    customTags: dialectTags(options.dialect ?? 'go3'),
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    const place = options.place(firstLine + line - 1)
    return place.line === undefined || col <= 1 ? place : { ...place, column: col }
  }
  const problems = problemsOf(document, placeAt, (offset) => firstLine + lines.linePos(offset).line - 1)
  const broken = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')
  if (broken || document.contents === null) return { objects: [], problems }
  const found = objectsOf(document, placeAt)
  return { objects: found.objects, problems: [...problems, ...found.problems] }
}

const problemsOf = (
  document: Document.Parsed,
  placeAt: (offset: number) => Place,
  lineAt: (offset: number) => number,
): Problem[] => {
  const broken = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY')
  // One mistake makes the parser stumble on what follows: the first message is the one about the mistake.
  const first = broken[0]
  if (first)
    return [{ severity: 'error', message: `This is no valid YAML: ${first.message}`, at: placeAt(first.pos[0]) }]
  if (document.errors.length === 0) return []
  return duplicateKeys(document).map(({ key, first: before, again, equal }) => ({
    severity: equal ? 'warning' : 'error',
    message: equal
      ? `The key \`${key}\` is written twice with the same value.`
      : `The key \`${key}\` is written twice with different values (first on line ${placeAt(before).line ?? lineAt(before)}): which one counts depends on the reader.`,
    at: placeAt(again),
    hint: 'Remove one of them.',
  }))
}

const objectsOf = (document: Document.Parsed, placeAt: (offset: number) => Place): Parsed => {
  const root = document.contents
  const at = withoutColumn(placeAt(root?.range?.[0] ?? 0))
  const value: unknown = document.toJS({ maxAliasCount: 10_000 })
  if (isList(value)) {
    const items = isMap(root) ? root.get('items') : undefined
    const parts = value.items.map((item, index) => {
      const node = isSeq(items) ? (items.items[index] as { range?: [number, number, number] }) : undefined
      return checked(item, node?.range ? withoutColumn(placeAt(node.range[0])) : at)
    })
    return { objects: parts.flatMap(({ objects }) => objects), problems: parts.flatMap(({ problems }) => problems) }
  }
  return checked(value, at)
}

const withoutColumn = ({ file, line }: Place): Place => (line === undefined ? { file } : { file, line })

const checked = (value: unknown, at: Place): Parsed => {
  if (value === null || value === undefined) return { objects: [], problems: [] }
  const missing = whatIsMissing(value)
  if (missing === undefined)
    return { objects: [{ object: withoutEmptyNamespace(value as KubeObject), at }], problems: [] }
  return { objects: [], problems: [{ severity: 'error', message: `This is no Kubernetes object: ${missing}.`, at }] }
}

/** `namespace:` and `namespace: ""`, as templates leave them, name none. */
const withoutEmptyNamespace = (object: KubeObject): KubeObject => {
  const { namespace, ...metadata } = object.metadata
  return 'namespace' in object.metadata && !namespace ? { ...object, metadata } : object
}

const whatIsMissing = (value: unknown): string | undefined => {
  if (!isRecord(value)) return `it is ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}`
  for (const key of ['apiVersion', 'kind'])
    if (typeof value[key] !== 'string' || value[key] === '') return `it has no \`${key}\``
  const metadata = value['metadata']
  if (!isRecord(metadata)) return `its \`metadata\` is ${metadata === undefined ? 'missing' : 'no map'}`
  const { name, generateName } = metadata
  if (typeof name === 'string' && name !== '') return undefined
  if (typeof name === 'number' || typeof name === 'boolean')
    return `its name ${String(name)} is a ${typeof name}, put it in quotes`
  return typeof generateName === 'string'
    ? 'it has a `generateName`, and what gets a new name each time cannot be applied twice; give it a `name`'
    : 'it has no `metadata.name`'
}

/** `List`, `ConfigMapList`: they have items and no name; a custom resource that ends in the same word has one. */
const isList = (value: unknown): value is { readonly items: readonly unknown[] } =>
  isRecord(value) &&
  typeof value['kind'] === 'string' &&
  value['kind'].endsWith('List') &&
  Array.isArray(value['items']) &&
  !(isRecord(value['metadata']) && 'name' in value['metadata'])
