import { isRecord } from '../../core/is-record.ts'
import { WholeNumber } from '../../core/whole-number.ts'
import { scalarValue } from '../../core/go-yaml/dialect.ts'

/** Objects as a stream of documents. The same objects give the same text, and Go reads the same objects from it. */
export const writeObjects = (objects: readonly unknown[]): string =>
  objects.map((object) => `---\n${writeObject(unnamed(object))}`).join('')

/** What gets its name from the API (`generateName`) has none here, and goes on without. */
const unnamed = (object: unknown): unknown => {
  if (!isRecord(object) || !isRecord(object['metadata'])) return object
  const { name, ...metadata } = object['metadata']
  return name === '' && 'generateName' in metadata ? { ...object, metadata } : object
}

/** One value as YAML, ending in a newline. */
export const writeObject = (object: unknown): string => {
  const parts: string[] = []
  write(object, '', parts)
  return `${parts.join('').replace(/^[ \n]/, '')}\n`
}

/** Appends a value behind its key or dash: a blank and the value, or a new line and the block of it. */
const write = (value: unknown, indent: string, parts: string[]): void => {
  if (Array.isArray(value)) return writeList(value, indent, parts)
  if (isRecord(value)) return writeMap(value, indent, parts)
  parts.push(' ', writeScalar(value, indent))
}

const writeMap = (map: Readonly<Record<string, unknown>>, indent: string, parts: string[]): void => {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined)
  if (entries.length === 0) {
    parts.push(' {}')
    return
  }
  for (const [key, value] of entries) {
    // Longer keys than this need a question mark before them, which few people have ever seen.
    const text = writeText(key, undefined)
    parts.push('\n', indent, text.length > longestKey ? `? ${text}\n${indent}:` : `${text}:`)
    write(value, `${indent}  `, parts)
  }
}

/** Readers look no further for the colon. */
const longestKey = 1000

const writeList = (list: readonly unknown[], indent: string, parts: string[]): void => {
  if (list.length === 0) {
    parts.push(' []')
    return
  }
  for (const item of list) {
    parts.push('\n', indent, '-')
    const first = parts.length
    write(item, `${indent}  `, parts)
    // The first line of a block stands beside the dash.
    if (parts[first] === '\n' && parts[first + 1] === `${indent}  `) parts.splice(first, 2, ' ', '')
  }
}

const writeScalar = (value: unknown, indent: string): string => {
  if (typeof value === 'string') return writeText(value, indent)
  if (typeof value === 'boolean' || value instanceof WholeNumber) return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return 'null'
}

/**
 * A text as YAML that both of Go's parsers, and those of YAML 1.2, read as the same text.
 * `indent` is that of a block below it; undefined where it has to stay on its line.
 */
const writeText = (text: string, indent: string | undefined): string => {
  if (isPlain(text)) return text
  return indent !== undefined && indent !== '' && isBlock(text) ? block(text, indent) : quoted(text)
}

/** Letters, digits and marks that no parser takes for more; blanks and colons inside only. */
const harmless =
  /^(?!\.\.\.)[A-Za-z0-9_/.$(](?:[A-Za-z0-9_/.$()+=@%^;<>~*&?!,|'"`[\]{}-]|:(?=[^\s:])|#(?<=[^\s]#)| (?=[^\s#]))*$/

const isPlain = (text: string): boolean =>
  harmless.test(text) &&
  !text.endsWith(':') &&
  // A time of the day, a date or an address: numbers for some.
  !/^[0-9][0-9:._-]*[:-][0-9]/.test(text) &&
  !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text) &&
  (['go2', 'go3'] as const).every((dialect) => isText(text, dialect))

const isText = (text: string, dialect: 'go2' | 'go3'): boolean => {
  // `.inf` begins like a path, and is a number that JSON does not have.
  if (text.startsWith('.') && /^\.(?:inf|nan)$/i.test(text)) return false
  return scalarValue({ kind: 'scalar', text, style: 'plain', start: 0 }, dialect) === text
}

/** Several lines that can stand as they are. What begins with a blank, a tab or an empty line would be read as indentation. */
const isBlock = (text: string): boolean => text.includes('\n') && /^[^\s]/.test(text) && !unprintable.test(text)

const block = (text: string, indent: string): string => {
  const keep = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-'
  const lines = text.replace(/\n$/, '').split('\n')
  return [`|${keep}`, ...lines.map((line) => (line === '' ? '' : indent + line))].join('\n')
}

/** What no YAML may hold as it is, and what some readers take for the end of a line or for a mark of the encoding. */
// oxlint-disable-next-line no-control-regex -- these characters are what is looked for
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u
// oxlint-disable-next-line no-control-regex -- the same, one by one
const escaped = /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g

/** As JSON writes it, which is YAML; half a character, which Go cannot hold, becomes the mark for that. */
const quoted = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replace(
    escaped,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
