import { stripVTControlCharacters } from 'node:util'
import { wrapAnsi } from 'fast-wrap-ansi'

/**
 * A text for a terminal so many columns wide: lines are broken between words, and go on a little further in than they
 * began. Commands stay whole, so that they can be pasted; so do words that are longer than a line.
 */
export const wrapped = (text: string, columns: number): string =>
  Number.isFinite(columns)
    ? text
        .split('\n')
        .map((line) => wrappedLine(line, columns))
        .join('\n')
    : text

/** An arrow and a command: the program's name or path begins in lower case. */
const command = /^\s*→ [a-z./~]/

const wrappedLine = (line: string, columns: number): string => {
  const plain = stripVTControlCharacters(line)
  if (plain.length <= columns || command.test(plain)) return line
  const [indent = ''] = /^ */.exec(line) ?? []
  const hang = `${indent}  `
  // Narrower than this nobody reads sentences.
  const room = columns - hang.length
  if (room < 20) return line
  return wrapAnsi(line.slice(indent.length), room, { hard: false, trim: true })
    .split('\n')
    .map((part, index) => (index === 0 ? indent : hang) + part)
    .join('\n')
}
