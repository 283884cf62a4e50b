import type { ChalkInstance } from 'chalk'
import { stripVTControlCharacters } from 'node:util'
import { cutAtWord } from '../../core/print/cut-at-word.ts'
import { oneLine } from '../../core/print/one-line.ts'
import { table } from '../../core/print/table.ts'
import type { Credential, Status } from '../../core/step.ts'

/** What one look saw. */
export type Board = {
  readonly name: string
  readonly statuses: ReadonlyMap<string, Status>
  readonly endpoints: readonly TriedEndpoint[]
  /** Left out where nobody could ask. */
  readonly credentials?: readonly Credential[]
}

export type TriedEndpoint = {
  readonly name: string
  readonly url: string
  readonly answers: boolean
  /** `200`, or why nothing answered. */
  readonly said: string
}

export const isHealthy = ({ statuses, endpoints }: Board): boolean =>
  [...statuses.values()].every(({ state }) => state === 'ready') && endpoints.every(({ answers }) => answers)

export const whyOf = (status: Status): string =>
  'why' in status ? oneLine(status.why) : 'what' in status ? oneLine(status.what) : ''

/** One row a step and an endpoint, cut at the width; where there is too little height, what is well gives way. `note` stands below. */
export const boardLines = (
  board: Board,
  note: string,
  { columns, rows, colour }: { readonly columns: number; readonly rows: number; readonly colour: ChalkInstance },
): readonly string[] => {
  const steps = [...board.statuses].map(([id, status]) => ({
    isWell: status.state === 'ready',
    cells: [`${markOf(status, colour)} ${id}`, status.state, whyOf(status)],
  }))
  const pages = board.endpoints.map(({ name, url, answers, said }) => ({
    isWell: answers,
    cells: [`${answers ? colour.green('✓') : colour.red('✗')} ${name}`, url, said],
  }))
  const room = Math.max(rows - 3, 1)
  const all = [...steps, ...pages]
  const hidden = Math.max(0, all.length - room)
  const isShown = choosing(all, all.length - hidden)
  const tables = [steps, pages].map((some) => some.filter(isShown)).filter(({ length }) => length > 0)
  return [
    ...tables.flatMap((some) =>
      table(
        some.map(({ cells }) => cells),
        '',
      ).split('\n'),
    ),
    ...(hidden > 0
      ? [
          colour.dim(
            `  and ${hidden} more, ${all.filter((one) => !isShown(one) && !one.isWell).length} of them not well`,
          ),
        ]
      : []),
    colour.dim(note),
  ].map((line) => cut(line, columns - 1))
}

/** What is not well comes first, as far as there is room; the order stays. */
const choosing = <Row extends { readonly isWell: boolean }>(
  rows: readonly Row[],
  room: number,
): ((row: Row) => boolean) => {
  const chosen = new Set([...rows].toSorted((a, b) => Number(a.isWell) - Number(b.isWell)).slice(0, room))
  return (row) => chosen.has(row)
}

const markOf = ({ state }: Status, colour: ChalkInstance): string =>
  state === 'ready' ? colour.green('✓') : state === 'broken' ? colour.red('✗') : colour.yellow('!')

/** A line that is too long for the terminal would be two, and the next picture would stand lower. Its colours go with what is cut. */
const cut = (line: string, columns: number): string => {
  const plain = Array.from(stripVTControlCharacters(line))
  if (plain.length <= columns) return line
  // oxlint-disable-next-line no-control-regex -- colours begin so
  const marked = /^(\u001B\[\d+m)?([✓✗!])(\u001B\[\d+m)? /.exec(line)
  const text = cutAtWord(plain.join(''), columns)
  // The mark keeps its colour: it is what the eye looks for.
  return marked?.[1] === undefined ? text : `${marked[1]}${marked[2]}${marked[3] ?? ''}${text.slice(1)}`
}
