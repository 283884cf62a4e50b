import { isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml'
import type { Document, YAMLError, YAMLMap } from 'yaml'
import type { Place, Problem } from '../../core/problem.ts'

export type ParsedYaml = {
  /** The document and the map at its root; undefined when the text cannot be used at all. */
  readonly usable: { readonly document: Document; readonly root: YAMLMap } | undefined
  readonly problems: readonly Problem[]
  placeAt(offset: number): Place
}

const known: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces: YAML allows no tabs there.',
  BAD_INDENT: 'Compare the indentation with the lines around it.',
  BLOCK_AS_IMPLICIT_KEY:
    'A text that holds ": " needs quotes; otherwise compare the indentation with the lines around it.',
  MULTILINE_IMPLICIT_KEY: 'Compare the indentation with the lines around it.',
  BAD_SCALAR_START: 'Put the text in quotes.',
  BAD_DIRECTIVE: 'Take the line away: nothing here is read in another way for it.',
}

/** Parses one YAML document and says all that is wrong with its syntax. */
export const parseYaml = (written: string, file: string): ParsedYaml => {
  // YAML ends lines with it alone, too; the parser takes it for a letter, and all after a comment for that.
  const text = written.replaceAll(/\r(?!\n)/g, '\n')
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
    // Whatever `%YAML` stands above it: by 1.1 a date would be no text, and 80:80 a number.
    schema: 'core',
    resolveKnownTags: false,
  })
  const problems: Problem[] = []
  const complain = (message: string, at: Place, hint?: string): void => {
    problems.push({ severity: 'error', message, at, ...(hint === undefined ? {} : { hint }) })
  }
  const start: Place = { file, line: 1, column: 1 }
  if ('empty' in documents || documents.length === 0) {
    complain('The file is empty.', start, 'Begin with the name of the cluster: name: my-app')
    return { usable: undefined, problems, placeAt }
  }

  let usable = true
  let isLost = false
  for (const document of documents) {
    for (const error of [...document.errors, ...document.warnings]) {
      const at = placeAt(error.pos[0])
      if (error.code === 'DUPLICATE_KEY') {
        // What is left is a map that can still be checked for all else.
        const { key, first } = firstOf(document, error.pos[0])
        complain(
          `The key ${key} stands twice in the same map, first in line ${placeAt(first).line}.`,
          at,
          'Keep one of the two.',
        )
      } else if (error.code === 'TAG_RESOLVE_FAILED') {
        const tag = text.slice(...error.pos)
        complain(`The tag ${tag} means nothing here.`, at, tagHint(tag))
      } else {
        usable = false
        // Once the parser has lost its place, each token after that surprises it.
        if (isLost && error.code === 'UNEXPECTED_TOKEN') continue
        isLost ||= error.code === 'UNEXPECTED_TOKEN' || error.code === 'MISSING_CHAR'
        // How deep it came depends on the stack: no line is to blame.
        if (/call stack/.test(error.message)) {
          complain('This is nested too deeply to be read.', start)
          continue
        }
        const message = `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`
        complain(`This is no YAML: ${message}.`, at, known[error.code] ?? braceHint(text, error))
      }
    }
  }
  // Those of a line `---` alone hold nothing that could be lost.
  const [first = documents[0], second] = [...documents].filter(({ contents }) => !isEmpty(contents))
  if (second !== undefined) {
    complain(
      'The file holds several YAML documents; only one is read.',
      placeAt(second.range[0]),
      'A line "---" or "..." ends a document: keep what stands on one side of it.',
    )
  }
  const contents = first?.contents
  if (usable && !isMap(contents)) {
    const at = contents?.range ? placeAt(contents.range[0]) : start
    complain(
      'The file must be a map of keys, such as name: and services:.',
      at,
      'Begin with the name of the cluster: name: my-app',
    )
  }
  return {
    usable: usable && first !== undefined && isMap(contents) ? { document: first, root: contents } : undefined,
    problems,
    placeAt,
  }
}

const isEmpty = (contents: unknown): boolean =>
  contents === null || (isScalar(contents) && contents.value === null && (contents.source ?? '') === '')

/** The key that begins at `offset`, and where the same one stands before it. */
const firstOf = (document: Document.Parsed, offset: number): { readonly key: string; readonly first: number } => {
  let found = { key: '', first: offset }
  visit(document, {
    Map: (_, map) => {
      const keys = map.items.map((pair) => pair.key).filter((key) => isScalar(key))
      const twice = keys.find((key) => key.range?.[0] === offset)
      if (twice === undefined) return undefined
      const first = keys.find((key) => key.value === twice.value)
      found = { key: String(twice.value), first: first?.range?.[0] ?? offset }
      return visit.BREAK
    },
  })
  return found
}

/** What people want of a tag that another program knows. */
const tagHint = (tag: string): string => {
  if (/^!(?:inc|import|file)/i.test(tag)) return 'Other files are laid below this one at its root: include: [./FILE]'
  if (/^!env/i.test(tag)) return 'A variable of the environment is written ${NAME}.'
  if (/^!(?:ref|sub|getatt|reference)$/i.test(tag))
    return 'A value that stands elsewhere in the file is taken by an anchor and an alias: &name, *name.'
  if (/^!!(?:int|float|bool|null)$/.test(tag)) return 'What stands behind it is none: take the tag away.'
  if (tag === '!!binary')
    return 'Write the text itself; bytes go into a Secret: secrets: { NAME: { from: { files: [./FILE] } } }'
  return 'Take it away, or put the text in quotes if it begins with "!".'
}

/** Unquoted braces are the usual reason: `{env}-ns` begins a map and `[${VAR}]` a list of one. */
const braceHint = (text: string, error: YAMLError): string | undefined => {
  const from = text.lastIndexOf('\n', error.pos[0] - 1) + 1
  const end = text.indexOf('\n', from)
  const line = text.slice(from, end === -1 ? undefined : end)
  return /[{}]/.test(line) ? 'Put a text that holds braces in quotes: "{env}-x", "${VAR}".' : undefined
}
