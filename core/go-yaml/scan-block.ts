import {
  ahead,
  code,
  columnOf,
  isBlank,
  isBreak,
  isBreakOrEnd,
  isEnd,
  isSpace,
  isTab,
  takeBreak,
  YamlError,
  type Cursor,
} from './cursor.ts'

/** A text after `|` or `>`; the reader stands on that. `parentIndent` is -1 at the root. */
export const scanBlock = (cursor: Cursor, parentIndent: number): string => {
  const start = cursor.at
  const literal = ahead(cursor) === code('|')
  cursor.at++
  const header = /[+-]?[0-9]?[+-]?/y
  header.lastIndex = cursor.at
  const [said = ''] = header.exec(cursor.text) ?? []
  const digit = /[0-9]/.exec(said)?.[0]
  // After a sign and no digit, a second sign is none.
  const taken = digit === undefined ? said.slice(0, 1) : /^[+-]/.test(said) ? said.slice(0, 2) : said
  if (digit === '0') throw new YamlError('found an indentation indicator equal to 0', start)
  cursor.at += taken.length
  while (isBlank(ahead(cursor))) cursor.at++
  if (ahead(cursor) === code('#')) while (!isBreakOrEnd(ahead(cursor))) cursor.at++
  if (!isBreakOrEnd(ahead(cursor))) throw new YamlError('did not find expected comment or line break', cursor.at)
  if (isBreak(ahead(cursor))) takeBreak(cursor)
  const asked = digit === undefined ? 0 : Math.max(parentIndent, 0) + Number(digit)
  return readBlock(cursor, { literal, keep: taken.includes('+'), strip: taken.includes('-'), asked, parentIndent })
}

const readBlock = (
  cursor: Cursor,
  options: {
    readonly literal: boolean
    readonly keep: boolean
    readonly strip: boolean
    readonly asked: number
    readonly parentIndent: number
  },
): string => {
  const lines: string[] = []
  let lastBreak = ''
  let afterBlank = false
  let { indent, breaks } = emptyLines(cursor, options.asked, options.parentIndent)
  while (columnOf(cursor) === indent && !isEnd(ahead(cursor))) {
    const blank = isBlank(ahead(cursor))
    if (!options.literal && !afterBlank && !blank && lastBreak === '\n') lines.push(breaks === '' ? ' ' : '')
    else lines.push(lastBreak)
    lines.push(breaks)
    afterBlank = blank
    const from = cursor.at
    while (!isBreakOrEnd(ahead(cursor))) cursor.at++
    lines.push(cursor.text.slice(from, cursor.at))
    lastBreak = isEnd(ahead(cursor)) ? '' : takeBreak(cursor)
    ;({ breaks } = emptyLines(cursor, indent, options.parentIndent))
  }
  if (!options.strip) lines.push(lastBreak)
  if (options.keep) lines.push(breaks)
  return lines.join('')
}

/** Goes over empty lines and the indentation of the next; an indent of 0 is to be found out. */
const emptyLines = (cursor: Cursor, indent: number, parentIndent: number) => {
  let deepest = 0
  let breaks = ''
  for (;;) {
    const isIndentation = () => indent === 0 || columnOf(cursor) < indent
    while (isIndentation() && isSpace(ahead(cursor))) cursor.at++
    deepest = Math.max(deepest, columnOf(cursor))
    if (isIndentation() && isTab(ahead(cursor)))
      throw new YamlError('found a tab character where an indentation space is expected', cursor.at)
    if (!isBreak(ahead(cursor))) break
    breaks += takeBreak(cursor)
  }
  return { indent: indent === 0 ? Math.max(deepest, parentIndent + 1, 1) : indent, breaks }
}
