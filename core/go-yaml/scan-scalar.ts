import {
  ahead,
  code,
  columnOf,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isDocumentIndicator,
  isEnd,
  isTab,
  takeBreak,
  YamlError,
  type Cursor,
} from './cursor.ts'

/** Line breaks and blanks between two parts of a text that goes on over several lines, folded as YAML does. */
type Gap = { blanks: string; firstBreak: string; moreBreaks: string; broken: boolean }

const noGap = (): Gap => ({ blanks: '', firstBreak: '', moreBreaks: '', broken: false })

const folded = ({ blanks, firstBreak, moreBreaks, broken }: Gap): string => {
  if (!broken) return blanks
  if (firstBreak !== '\n') return firstBreak + moreBreaks
  return moreBreaks === '' ? ' ' : moreBreaks
}

/** Reads over blanks and line breaks. `onTab` may refuse a tab at the beginning of a line. */
const readGap = (cursor: Cursor, gap: Gap, onTab?: () => void): void => {
  for (let char = ahead(cursor); isBlank(char) || isBreak(char); char = ahead(cursor)) {
    if (isBlank(char)) {
      if (gap.broken && isTab(char)) onTab?.()
      if (!gap.broken) gap.blanks += String.fromCharCode(char)
      cursor.at++
    } else if (gap.broken) gap.moreBreaks += takeBreak(cursor)
    else {
      gap.blanks = ''
      gap.firstBreak = takeBreak(cursor)
      gap.broken = true
    }
  }
}

const colon = code(':')
const hash = code('#')
const backslash = code('\\')
const singleQuote = code("'")

const isFlowIndicator = (char: number): boolean => {
  switch (char) {
    case 0x2c: // ,
    case 0x3f: // ?
    case 0x5b: // [
    case 0x5d: // ]
    case 0x7b: // {
    case 0x7d: // }
      return true
    default:
      return false
  }
}

/** A text without quotes. `newLine` tells that the reader stands on another line than the text's last. */
export const scanPlain = (
  cursor: Cursor,
  indent: number,
  inFlow: boolean,
): { readonly value: string; readonly newLine: boolean } => {
  const start = cursor.at
  let value = ''
  let gap = noGap()
  for (;;) {
    if (isDocumentIndicator(cursor) || ahead(cursor) === hash) break
    const from = cursor.at
    for (let char = ahead(cursor); !isBlankOrEnd(char); char = ahead(cursor)) {
      if (char === colon && isBlankOrEnd(ahead(cursor, 1))) break
      if (inFlow && isFlowIndicator(char)) break
      cursor.at++
    }
    if (cursor.at > from) {
      value += folded(gap) + cursor.text.slice(from, cursor.at)
      gap = noGap()
    }
    if (!isBlank(ahead(cursor)) && !isBreak(ahead(cursor))) break
    readGap(cursor, gap, () => {
      if (columnOf(cursor) < indent) throw new YamlError('found a tab character that violates indentation', cursor.at)
    })
    if (!inFlow && columnOf(cursor) < indent) break
  }
  if (cursor.at === start) throw new YamlError('found character that cannot start any token', start)
  return { value, newLine: gap.broken }
}

/** A text in single or double quotes; the reader stands on the first of them. */
export const scanQuoted = (cursor: Cursor, json = false): string => {
  const start = cursor.at
  const quote = ahead(cursor)
  const single = quote === singleQuote
  cursor.at++
  let value = ''
  for (;;) {
    if (isDocumentIndicator(cursor)) throw new YamlError('found unexpected document indicator in a quoted text', start)
    if (isEnd(ahead(cursor))) throw new YamlError('the quoted text that begins here has no end', start)
    let escapedBreak = false
    let from = cursor.at
    for (let char = ahead(cursor); !isBlankOrEnd(char); char = ahead(cursor)) {
      if (char === quote) {
        if (!single || ahead(cursor, 1) !== quote) break
        value += cursor.text.slice(from, cursor.at + 1)
        cursor.at += 2
        from = cursor.at
      } else if (!single && char === backslash) {
        value += cursor.text.slice(from, cursor.at)
        if (isBreak(ahead(cursor, 1))) {
          cursor.at++
          takeBreak(cursor)
          escapedBreak = true
          from = cursor.at
          break
        }
        value += takeEscape(cursor, json)
        from = cursor.at
      } else cursor.at++
    }
    value += cursor.text.slice(from, cursor.at)
    if (ahead(cursor) === quote) break
    const gap = noGap()
    gap.broken = escapedBreak
    readGap(cursor, gap)
    value += folded(gap)
  }
  cursor.at++
  return value
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\u001b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
])

const codeLengths: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

const takeEscape = (cursor: Cursor, json: boolean): string => {
  const start = cursor.at
  const letter = cursor.text.charAt(start + 1)
  cursor.at += 2
  const simple = escapes.get(letter)
  if (simple !== undefined) return simple
  if (json && letter === '/') return letter
  const length = codeLengths.get(letter)
  if (length === undefined) throw new YamlError('found unknown escape character', start)
  const digits = cursor.text.slice(cursor.at, cursor.at + length)
  if (digits.length < length || !/^[0-9A-Fa-f]+$/.test(digits))
    throw new YamlError('did not find expected hexadecimal number', start)
  const value = Number.parseInt(digits, 16)
  if (json && length === 4) {
    cursor.at += length
    return String.fromCharCode(value)
  }
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff)
    throw new YamlError('found invalid Unicode character escape code', start)
  cursor.at += length
  return String.fromCodePoint(value)
}

/** Whether a text without quotes may begin here, given that no other token does. */
export const startsPlain = (cursor: Cursor, inFlow: boolean): boolean => {
  const char = ahead(cursor)
  const next = ahead(cursor, 1)
  if (char === code('-')) return !isBlank(next)
  if (char === code('?') || char === code(':')) return !inFlow && !isBlankOrEnd(next)
  return !isBlank(char) && !',[]{}#&*!|>\'"%@`'.includes(String.fromCharCode(char))
}
