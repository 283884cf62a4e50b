import { relative } from 'node:path'
import type { StepResult } from '../walk.ts'
import type { Terminal } from './terminal.ts'

type Saved = {
  /** Absolute paths. */
  readonly paths: readonly string[]
  readonly steps: readonly StepResult[]
  readonly seconds: number
}

/** What a save came to, in one line: how long it took, what was saved, which steps it changed. */
export const savedLine = (
  { paths, steps, seconds }: Saved,
  { outColour: colour, width }: Pick<Terminal, 'outColour' | 'width'>,
  cwd: string,
): string => {
  const changed = steps.filter(({ result }) => result !== 'unchanged')
  const time = `${seconds.toFixed(1)} s`.padStart(7)
  const files = someOf(paths.map((path) => shortened(path, cwd)))
  if (changed.length === 0) return colour.dim(`= ${time}  ${files}: nothing to do`)
  const mark = changed.every(({ result }) => result === 'removed') ? colour.red('-') : colour.green('✓')
  const room = width - `x ${time}  ${files} → `.length
  return `${mark} ${time}  ${colour.bold(files)} → ${fitting(
    changed.map(({ id, result }) => (result === 'removed' ? `${id} removed` : id)),
    room,
  )}`
}

const shortened = (path: string, cwd: string): string => {
  const short = relative(cwd, path)
  return short === '' ? '.' : short.startsWith('..') ? path : short
}

const someOf = (items: readonly string[]): string => {
  const [first = 'the file'] = items
  return items.length > 1 ? `${first} and ${items.length - 1} more` : first
}

/** As many as fit into the width; one at least. */
const fitting = (items: readonly string[], room: number): string => {
  for (let count = items.length; count > 1; count--) {
    const text = [...items.slice(0, count), ...(count < items.length ? [`${items.length - count} more`] : [])].join(
      ', ',
    )
    if (text.length <= room) return text
  }
  const [first = ''] = items
  return items.length > 1 ? `${first}, ${items.length - 1} more` : first
}
