import { readFileSync } from 'node:fs'
import type { Problem } from '../../core/problem.ts'
import type { Mistake } from './table.ts'

const shop = readFileSync(new URL('shop.yaml', import.meta.url), 'utf8')

/** The text with a mistake in it, and the line that it is on. Throws where what it changes does not stand there. */
export const withMistake = ({
  after = '',
  good,
  bad,
  below = 0,
}: Mistake): { readonly text: string; readonly line: number } => {
  const from = after === '' ? 0 : shop.indexOf(after)
  const at = from < 0 ? -1 : shop.indexOf(good, from)
  if (at < 0) throw new Error(`shop.yaml does not hold ${JSON.stringify(good)}`)
  const text = `${shop.slice(0, at)}${bad}${shop.slice(at + good.length)}`
  const lines = shop.split('\n')
  const first = text.split('\n').findIndex((line, index) => line !== lines[index])
  return { text, line: first + 1 + below }
}

export type Verdict = 'right line' | 'another line' | 'not named'

/** Whether problems beyond those that the text has anyway name a mistake, and at its line. */
export const verdictOf = (problems: readonly Problem[], before: ReadonlySet<string>, line: number): Verdict => {
  const found = problems.filter(({ message }) => !before.has(message))
  if (found.length === 0) return 'not named'
  return found.some(({ at }) => at?.line === line) ? 'right line' : 'another line'
}
