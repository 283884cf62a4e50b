import { isRecord } from '../../core/is-record.ts'
import { WholeNumber } from '../../core/whole-number.ts'
import { writeText } from './write-text.ts'

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
