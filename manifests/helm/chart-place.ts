import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from '../../core/problem.ts'
import type { LocatedChart } from './locate-chart.ts'

/**
 * The file of a chart that helm names: `app/templates/web.yaml` begins with the chart's name, not with its folder's.
 * In an archive: `web-1.2.3.tgz!/templates/web.yaml`.
 */
export const chartFile = (chart: LocatedChart, source: string): string => {
  const inside = source.slice(source.indexOf('/') + 1)
  if (chart.kind !== 'folder') return `${chart.path}!/${inside}`
  const file = join(chart.path, inside)
  return chart.from !== undefined && existsSync(file) ? realpathSync(file) : file
}

/** Finds lines of rendered text in the template they come from, as far as the template still has them. */
export const templateLines = (chart: LocatedChart, source: string) => {
  const file = chartFile(chart, source)
  let lines: readonly string[] | undefined
  const read = (): readonly string[] =>
    (lines ??= chart.kind === 'folder' && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
  /** The line of the template that became `rendered[index]`; what follows tells equal lines apart. */
  return (rendered: readonly string[], index: number): Place => {
    const line = lineOf(rendered, index, read())
    return line === undefined ? { file } : { file, line }
  }
}

const lookAhead = 8

const lineOf = (rendered: readonly string[], index: number, template: readonly string[]): number | undefined => {
  const wanted = rendered[index]?.trim() ?? ''
  if (wanted === '') return undefined
  const equal = indexesOf(template, (line) => line.trim() === wanted)
  const [best] = equal.toSorted((a, b) => alike(rendered, index, template, b) - alike(rendered, index, template, a))
  if (best !== undefined) return best + 1
  // The value was made by the template: its key still tells the line, if it stands there once.
  const key = keyOf(wanted)
  const byKey = key === undefined ? [] : indexesOf(template, (line) => line.trim().startsWith(key))
  return byKey.length === 1 ? (byKey[0] ?? 0) + 1 : undefined
}

/** How much of what follows is the same: whole lines, or at least their keys where a template made the values. */
const alike = (rendered: readonly string[], index: number, template: readonly string[], at: number): number =>
  Array.from({ length: lookAhead }, (_, step) => step + 1)
    .map((step) => [rendered[index + step]?.trim() ?? '', template[at + step]?.trim() ?? ''] as const)
    .reduce(
      (sum, [made, written]) => sum + (made === '' ? 0 : made === written ? 2 : sameKey(made, written) ? 1 : 0),
      0,
    )

const sameKey = (made: string, written: string): boolean => {
  const key = keyOf(made)
  return key !== undefined && key === keyOf(written)
}

const keyOf = (line: string): string | undefined => /^(?:- )?[\w./-]+:/.exec(line)?.[0]

const indexesOf = (lines: readonly string[], test: (line: string) => boolean): readonly number[] =>
  lines.flatMap((line, index) => (test(line) ? [index] : []))
