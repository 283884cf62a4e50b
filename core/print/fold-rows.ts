import { stripVTControlCharacters } from 'node:util'

/** How far the step of a row is; `not-started`: what it needs has failed, so it will not begin. */
export type RowState = 'waiting' | 'running' | 'done' | 'failed' | 'not-started'

/**
 * The lines of a list that fit into `height`: where all of them do not, first the done steps become one line, then what
 * the waiting ones wait for goes, then they become one line too, and last those that will not begin. What runs and what
 * failed always stays.
 * A row begins with a mark and the step's id; the lines below it are its own.
 */
export const foldRows = (
  lines: readonly string[],
  height: number,
  states: ReadonlyMap<string, RowState>,
): readonly string[] => {
  if (lines.length <= height) return lines
  const rows = rowsOf(lines, states)
  const of = (state: RowState): readonly Row[] => rows.filter((row) => row.state === state)
  const [done, waiting, notStarted] = [of('done'), of('waiting'), of('not-started')]
  const counted = done.length === 0 ? [] : [`✔ ${done.length} of ${states.size} steps are done`]

  const withoutDone = [...counted, ...flat(rows.filter((row) => row.state !== 'done'))]
  if (withoutDone.length <= height) return withoutDone
  const brief = [
    ...counted,
    ...flat(rows.filter((row) => row.state !== 'done').map((row) => (row.state === 'waiting' ? first(row) : row))),
  ]
  if (brief.length <= height) return brief
  const more = waiting.length === 0 ? [] : [`  ${waiting.length} more wait`]
  const withoutWaiting = [
    ...counted,
    ...flat(rows.filter((row) => row.state !== 'done' && row.state !== 'waiting')),
    ...more,
  ]
  if (withoutWaiting.length <= height || notStarted.length === 0) return withoutWaiting
  const stays = rows.filter((row) => row.state === 'running' || row.state === 'failed')
  return [...counted, ...flat(stays), ...more, `  ${notStarted.length} not started`]
}

type Row = { readonly state: RowState; readonly lines: readonly string[] }

const flat = (some: readonly Row[]): readonly string[] => some.flatMap((row) => row.lines)

const first = ({ state, lines }: Row): Row => ({ state, lines: lines.slice(0, 1) })

const rowsOf = (lines: readonly string[], states: ReadonlyMap<string, RowState>): readonly Row[] => {
  const rows: { state: RowState; lines: string[] }[] = []
  for (const line of lines) {
    const id = /^\S+ (\S+) /.exec(stripVTControlCharacters(line))?.[1]
    const state = id === undefined ? undefined : states.get(id)
    const last = rows.at(-1)
    if (state !== undefined || !last) rows.push({ state: state ?? 'running', lines: [line] })
    else last.lines.push(line)
  }
  return rows
}
