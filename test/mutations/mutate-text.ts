import type { Chance } from './mutate.ts'

/** What editors, other programs and accidents leave in a text file. */
const strange: readonly Buffer[] = [
  '\n',
  '\r\n',
  '\r',
  '\t',
  ' ',
  '#',
  ':',
  '-',
  '"',
  "'",
  '[',
  '{',
  '&a ',
  '*a',
  '<<: ',
  '---\n',
  '...\n',
  '|\n',
  'null',
  '\u0000',
  '\ufeff',
  'é',
  'kindup',
  '# kindup demo end',
].map((text) => Buffer.from(text))

const bytes: readonly Buffer[] = [...strange, Buffer.from([0xff]), Buffer.from([0xfe, 0xff]), Buffer.from([0xc3])]

/** A text with one to three changes at random places: cut off, a part left out or doubled, something put in, two lines exchanged, other line ends. */
export const mutatedText = (text: Buffer, chance: Chance): Buffer => {
  let result = text
  for (let times = 1 + chance(3); times > 0; times--) result = once(result, chance)
  return result
}

const once = (text: Buffer, chance: Chance): Buffer => {
  const [from, length] = [chance(text.length + 1), chance(40)]
  const part = text.subarray(from, from + length)
  switch (chance(7)) {
    case 0:
      return text.subarray(0, from)
    case 1:
      return Buffer.concat([text.subarray(0, from), text.subarray(from + length)])
    case 2:
      return Buffer.concat([text.subarray(0, from), part, text.subarray(from)])
    case 3:
      return exchanged(text, chance)
    case 4:
      return Buffer.from(text.toString('latin1').replaceAll('\n', chance(2) === 0 ? '\r\n' : '\r'), 'latin1')
    default:
      return Buffer.concat([text.subarray(0, from), bytes[chance(bytes.length)] ?? part, text.subarray(from)])
  }
}

const exchanged = (text: Buffer, chance: Chance): Buffer => {
  const lines = text.toString('latin1').split(/(?<=\n)/)
  const [a, b] = [chance(lines.length), chance(lines.length)]
  const swapped = lines.map((line, at) => (at === a ? (lines[b] ?? line) : at === b ? (lines[a] ?? line) : line))
  return Buffer.from(swapped.join(''), 'latin1')
}
