import { stripVTControlCharacters } from 'node:util'
import { wrapAnsi } from 'fast-wrap-ansi'

/**
 * A text for a terminal so many columns wide: lines are broken between words, and go on a little further in than they
 * began. Commands stay whole, so that they can be pasted, and what is said about one goes on in comments; so do words that
 * are longer than a line.
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
  if (plain.length <= columns) return line
  const [indent = ''] = /^ */.exec(line) ?? []
  const hang = `${indent}  `
  // Narrower than this nobody reads sentences.
  const room = columns - hang.length
  if (room < 20) return line
  if (!command.test(plain))
    return broken(line.slice(indent.length), room)
      .map((part, index) => (index === 0 ? indent : hang) + part)
      .join('\n')
  const [, whole, said] = /^(.*?\S) {2,}# (.*)$/.exec(line) ?? []
  if (whole === undefined || said === undefined) return line
  return [whole, ...broken(said, room - 2).map((part) => `${hang}# ${part}`)].join('\n')
}

const broken = (text: string, room: number): readonly string[] =>
  wrapAnsi(text, room, { hard: false, trim: true }).split('\n')
