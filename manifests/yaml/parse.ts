import { isRecord } from '../../core/is-record.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { RenderedObject } from '../deployable.ts'
import { metadataFaults } from '../schema/metadata.ts'
import { compose, type Composed } from '../../core/go-yaml/compose.ts'
import type { Dialect } from '../../core/go-yaml/dialect.ts'
import { YamlError } from '../../core/go-yaml/cursor.ts'
import { readNode } from '../../core/go-yaml/read-node.ts'
import { behindSeparator, splitDocuments, type DocumentText } from './split.ts'
import { toObject } from './to-object.ts'

export type Parsed = { readonly objects: readonly RenderedObject[]; readonly problems: readonly Problem[] }

/**
 * Who reads the same text beside kindup. `kubectl` is for files that people wrote themselves, and strict; `helm` and
 * `kustomize` are for what those made, or take: where they go on with a warning of ours, so does kindup.
 */
export type Reader = 'kubectl' | 'helm' | 'kustomize'

export type ParseOptions = {
  readonly reader?: Reader
  /** Where a line (from 1) of the text stands for the reader. */
  place(line: number): Place
}

const dialects: Readonly<Record<Reader, Dialect>> = { kubectl: 'go2', helm: 'go2', kustomize: 'go3' }

/** Every object of a stream of YAML or JSON documents, with all that is wrong in it. Lists are taken apart, empty documents skipped. */
export const parseObjects = (stream: string, options: ParseOptions): Parsed =>
  together(splitDocuments(stream).map((document) => parseOne(document, options)))

/** `place` of a file that is parsed as it stands. */
export const inFile =
  (file: string): ParseOptions['place'] =>
  (line) => ({ file, line })

/** The objects of one document; of several, where JSON objects follow each other. */
export const parseOne = ({ text: written, line: firstLine }: DocumentText, options: ParseOptions): Parsed => {
  // Files that were put together keep the byte order mark of each. kubectl ends the last line where nobody did, which a block of text keeps.
  const ended = written.endsWith('\n') ? written : `${written}\n`
  const text = ended.replace(/^(---[^\r\n]*\r?\n)\uFEFF/, '$1')
  const lineOf = lineFinder(text)
  const at: Finder = {
    line: (offset) => firstLine + lineOf(offset).line - 1,
    place: (offset) => {
      const { line, column } = lineOf(offset)
      const place = options.place(firstLine + line - 1)
      return place.line === undefined || column <= 1 ? place : { ...place, column }
    },
  }
  // helm and kustomize read the whole as a stream.
  const behind = options.reader === 'helm' || options.reader === 'kustomize' ? undefined : behindSeparator(text)
  if (behind !== undefined)
    return broken(`\`--- ${behind}\` is no separator for kubectl`, at.place(0), 'Write `---` alone on its line.')
  return parseFrom(text, 0, options.reader ?? 'kubectl', at)
}

type Finder = { line(offset: number): number; place(offset: number): Place }

const together = (parts: readonly Parsed[]): Parsed => ({
  objects: parts.flatMap(({ objects }) => objects),
  problems: parts.flatMap(({ problems }) => problems),
})

const broken = (what: string, place: Place, hint?: string): Parsed => ({
  objects: [],
  problems: [
    {
      severity: 'error',
      message: `This is no valid YAML: ${what}`,
      at: place,
      ...(hint === undefined ? {} : { hint }),
    },
  ],
})

const parseFrom = (text: string, from: number, reader: Reader, at: Finder): Parsed => {
  const json = /^\s*\{/.test(text)
  const parts: Parsed[] = []
  for (let start = from; ;) {
    try {
      const document = readNode(start === 0 ? text : text.slice(start), { json })
      if (!document) break
      const begin = start
      const finder: Finder = {
        line: (offset) => at.line(begin + offset),
        place: (offset) => at.place(begin + offset),
      }
      const composed = compose(document.node, dialects[reader])
      parts.push({ objects: [], problems: duplicateProblems(composed, finder, reader) })
      parts.push(objectsOf(composed.value, composed, [], reader, finder))
      if (document.rest === undefined) break
      if (!json) {
        parts.push(leftOut(finder.place(document.rest), reader))
        break
      }
      start += document.rest
    } catch (error) {
      if (!(error instanceof YamlError)) throw error
      parts.push(broken(error.message, at.place(start + error.offset), hintOf(text)))
      break
    }
  }
  return together(parts)
}

/** What kubectl makes of a part above a line `---` that holds nothing but what is meant for the part below. */
const hintOf = (text: string): string | undefined =>
  /^\uFEFF?%[A-Z]/.test(text)
    ? 'Take the line that begins with % away: kubectl reads each part between the lines --- by itself, and knows YAML 1.1 alone.'
    : undefined

const leftOut = (place: Place, reader: Reader): Parsed => ({
  objects: [],
  problems: [
    {
      severity: reader === 'kubectl' ? 'error' : 'warning',
      message: `The document ends before this line: ${reader === 'helm' ? 'helm' : 'kubectl'} reads no further.`,
      at: place,
      hint: 'Indent it as the lines above, or write `---` before another document.',
    },
  ],
})

const duplicateProblems = ({ duplicates }: Composed, at: Finder, reader: Reader): readonly Problem[] =>
  duplicates.map(({ key, first, again, equal }) => ({
    severity: equal || reader !== 'kubectl' ? 'warning' : 'error',
    message: equal
      ? `The key \`${key}\` is written twice with the same value.`
      : `The key \`${key}\` is written twice with different values (first on line ${at.place(first).line ?? at.line(first)}): ${reader === 'kubectl' ? 'which one counts depends on the reader' : 'the last one counts'}.`,
    at: at.place(again),
    hint: 'Remove one of them.',
  }))

type Path = readonly (string | number)[]

const objectsOf = (value: unknown, composed: Composed, path: Path, reader: Reader, at: Finder): Parsed => {
  if (isList(value))
    return together(
      (value['items'] ?? []).map((item, index) =>
        objectsOf(ofList(item, value), composed, [...path, 'items', index], reader, at),
      ),
    )
  if (value === null) return { objects: [], problems: [] }
  const place = withoutColumn(at.place(composed.offsetOf(path)))
  const object = toObject(value, { generated: reader === 'helm' })
  if (typeof object === 'string')
    return {
      objects: [],
      problems: [{ severity: 'error', message: `This is no Kubernetes object: ${object}.`, at: place }],
    }
  const placeOf = (inner: Path) => at.place(composed.offsetOf([...path, ...inner]))
  const faults = isRecord(value) ? metadataFaults(object, value, placeOf) : []
  return { objects: [{ object, at: place, placeOf, ...(faults.length > 0 ? { faults } : {}) }], problems: [] }
}

const withoutColumn = ({ file, line }: Place): Place => (line === undefined ? { file } : { file, line })

type List = { readonly kind: string; readonly apiVersion?: unknown; readonly items: readonly unknown[] | null }

/** `List`, `ConfigMapList`: they have items and no name; a custom resource that ends in the same word has one. */
const isList = (value: unknown): value is List =>
  isRecord(value) &&
  typeof value['kind'] === 'string' &&
  value['kind'].endsWith('List') &&
  (Array.isArray(value['items']) || (value['items'] === null && 'items' in value)) &&
  !(isRecord(value['metadata']) && 'name' in value['metadata'])

/** The items of a list of one kind need not say what they are. */
const ofList = (item: unknown, { kind, apiVersion }: List): unknown =>
  kind !== 'List' && isRecord(item) && !('kind' in item) && !('apiVersion' in item)
    ? { apiVersion, kind: kind.slice(0, -'List'.length), ...item }
    : item

/** Tells the line and column (from 1) of offsets of a text. The text is gone through once, at the first question. */
export const lineFinder = (text: string): ((offset: number) => { readonly line: number; readonly column: number }) => {
  let starts: readonly number[] | undefined
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
