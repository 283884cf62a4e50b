/** A text and how far it has been read. Offsets count UTF-16 units, lines from 0. */
export type Cursor = { readonly text: string; at: number; line: number; lineStart: number }

/** Text that Go's parser refuses. `offset` is where. */
export class YamlError extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.name = 'YamlError'
    this.offset = offset
  }
}

export const code = (character: string): number => character.charCodeAt(0)

const space = 0x20
const tab = 0x09
const lineFeed = 0x0a
const carriageReturn = 0x0d
const nextLine = 0x85
const lineSeparator = 0x2028
const paragraphSeparator = 0x2029

/** The character at some distance ahead; NaN behind the end, which equals nothing. */
export const ahead = ({ text, at }: Cursor, distance = 0): number => text.charCodeAt(at + distance)

export const columnOf = ({ at, lineStart }: Cursor): number => at - lineStart

export const isSpace = (char: number): boolean => char === space
export const isTab = (char: number): boolean => char === tab
export const isBlank = (char: number): boolean => char === space || char === tab
export const isEnd = (char: number): boolean => Number.isNaN(char)

/** YAML 1.1 has three line breaks more than YAML 1.2. */
export const isBreak = (char: number): boolean =>
  char === lineFeed ||
  char === carriageReturn ||
  char === nextLine ||
  char === lineSeparator ||
  char === paragraphSeparator

export const isBreakOrEnd = (char: number): boolean => isBreak(char) || isEnd(char)
export const isBlankOrEnd = (char: number): boolean => isBlank(char) || isBreakOrEnd(char)

/** Goes over one line break and answers what it means: a newline, or itself where YAML 1.1 keeps it. */
export const takeBreak = (cursor: Cursor): string => {
  const char = ahead(cursor)
  cursor.at += char === carriageReturn && ahead(cursor, 1) === lineFeed ? 2 : 1
  cursor.line++
  cursor.lineStart = cursor.at
  return char === lineSeparator || char === paragraphSeparator ? String.fromCharCode(char) : '\n'
}

/** Whether `---` or `...` stands here, at the beginning of a line. */
export const isDocumentIndicator = (cursor: Cursor): boolean => {
  if (cursor.at !== cursor.lineStart) return false
  const char = ahead(cursor)
  return (
    (char === code('-') || char === code('.')) &&
    ahead(cursor, 1) === char &&
    ahead(cursor, 2) === char &&
    isBlankOrEnd(ahead(cursor, 3))
  )
}

/** What may stand in a YAML text at all. Go's reader refuses the rest wherever it is, in comments too. */
// oxlint-disable-next-line no-control-regex -- these characters are what is looked for
const forbidden = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** Throws YamlError where the text holds a character that YAML does not allow. */
export const refuseControlCharacters = (text: string): void => {
  const at = text.search(forbidden)
  if (at < 0) return
  const shown = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw new YamlError(`control characters are not allowed (U+${shown})`, at)
}
