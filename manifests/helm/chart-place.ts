import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from '../../core/problem.ts'
import type { LocatedChart } from './locate-chart.ts'

/**
 * The file of a chart that helm names: `app/templates/web.yaml` begins with the chart's name, not with its folder's.
 * In an archive: `web-1.2.3.tgz!/templates/web.yaml`.
 */
export const chartFile = (chart: LocatedChart, source: string): string => {
  const inside = source.slice(source.indexOf('/') + 1)
  return chart.kind === 'folder' ? join(chart.path, inside) : `${chart.path}!/${inside}`
}

/** Finds lines of rendered text in the template they come from, as far as the template still has them. */
export const templateLines = (chart: LocatedChart, source: string) => {
  const file = chartFile(chart, source)
  let lines: readonly string[] | undefined
  const read = (): readonly string[] =>
    (lines ??= chart.kind === 'folder' && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
  /** `nth` of the equal lines is meant (from 0): a template may hold several objects. */
  return (rendered: string, nth: number): Place => {
    const line = lineOf(rendered.trim(), read(), nth)
    return line === undefined ? { file } : { file, line }
  }
}

const lineOf = (rendered: string, template: readonly string[], nth: number): number | undefined => {
  if (rendered === '') return undefined
  const equal = indexesOf(template, (line) => line.trim() === rendered)
  if (equal.length > 0) return (equal[nth] ?? equal.at(-1) ?? 0) + 1
  // The value was made by the template: its key still tells the line, if it stands there once.
  const key = /^(?:- )?[\w./-]+:/.exec(rendered)?.[0]
  const byKey = key === undefined ? [] : indexesOf(template, (line) => line.trim().startsWith(key))
  return byKey.length === 1 ? (byKey[0] ?? 0) + 1 : undefined
}

const indexesOf = (lines: readonly string[], test: (line: string) => boolean): readonly number[] =>
  lines.flatMap((line, index) => (test(line) ? [index] : []))
