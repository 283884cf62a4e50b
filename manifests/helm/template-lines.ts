import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from '../../core/problem.ts'
import { chartParts, heldCharts } from './chart-yaml.ts'
import type { LocatedChart } from './locate-chart.ts'

/**
 * The file of a chart that helm names: `app/templates/web.yaml` begins with the chart's name, not with its folder's.
 * In an archive: `web-1.2.3.tgz!/templates/web.yaml`.
 */
export const chartFile = (chart: LocatedChart, source: string): string => {
  const inside = source.slice(source.indexOf('/') + 1)
  if (chart.kind !== 'folder') return `${chart.path}!/${inside}`
  const file = fileIn(chart.path, inside)
  return chart.from !== undefined && existsSync(file) ? realpathSync(file) : file
}

/** Charts that a chart holds are named after what they are called, or by their alias, and not after their folder or archive. */
const fileIn = (folder: string, inside: string): string => {
  const file = join(folder, inside)
  const [, called, rest = ''] = /^charts\/([^/]+)\/(.+)$/.exec(inside) ?? []
  if (called === undefined || existsSync(file)) return file
  const meant = chartParts(folder).dependencies.find(({ written }) => written['alias'] === called)?.name ?? called
  const held = heldCharts(folder).find(({ name }) => name === meant)
  if (!held) return file
  return held.path.endsWith('.tgz') ? `${realpathSync(held.path)}!/${rest}` : fileIn(held.path, rest)
}

/** Finds lines of rendered text in the template they come from, as far as the template still has them. */
export const templateLines = (chart: LocatedChart, source: string) => {
  const file = chartFile(chart, source)
  let lines: readonly string[] | undefined
  const read = (): readonly string[] =>
    (lines ??= chart.kind === 'folder' && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
  /** The line of the template that became `rendered[index]`, or that of what it stands in; what is around it tells equal lines apart. */
  return (rendered: readonly string[], index: number): Place => {
    for (let at: number | undefined = index; at !== undefined; at = outer(rendered, at)) {
      const line = lineOf(rendered, at, read())
      if (line !== undefined) return { file, line }
    }
    return { file }
  }
}

/** The line that a line stands in: the one above it that is indented less. */
const outer = (rendered: readonly string[], index: number): number | undefined => {
  const own = rendered[index] ?? ''
  for (let at = index - 1; at >= 0; at--) {
    const line = rendered[at] ?? ''
    if (/^\s*(?:#|$)/.test(line)) continue
    // A list may stand at the column of its key.
    const isKeyOfList = isItem(own) && !isItem(line) && indentOf(line) === indentOf(own)
    if (isKeyOfList || indentOf(line) < indentOf(own)) return at
  }
  return undefined
}

const isItem = (line: string): boolean => /^\s*- /.test(line)

const indentOf = (line: string): number => line.length - line.trimStart().length

const linesCompared = 8

const lineOf = (rendered: readonly string[], index: number, template: readonly string[]): number | undefined => {
  const wanted = rendered[index]?.trim() ?? ''
  if (wanted === '') return undefined
  const equal = indexesOf(template, (line) => line.trim() === wanted)
  if (equal.length > 0) return (mostAlike(rendered, index, template, equal) ?? 0) + 1
  // The value was made by the template: its key still tells the line.
  const key = keyOf(wanted)
  const byKey = key === undefined ? [] : indexesOf(template, (line) => isMade(line, key))
  const written = key === undefined ? [] : indexesOf(template, (line) => line.trim().startsWith(key))
  const best = mostAlike(rendered, index, template, byKey) ?? (written.length === 1 ? written[0] : undefined)
  return best === undefined ? undefined : best + 1
}

const isMade = (line: string, key: string): boolean => line.trim().startsWith(key) && line.includes('{{')

/** Which of these lines of the template has most around it that is around the rendered one; undefined where several have. */
const mostAlike = (
  rendered: readonly string[],
  index: number,
  template: readonly string[],
  candidates: readonly number[],
): number | undefined => {
  const [best, second] = candidates
    .map((at) => ({ at, score: alike(rendered, index, template, at) }))
    .toSorted((a, b) => b.score - a.score || a.at - b.at)
  if (!best || (second && second.score === best.score && template[best.at]?.trim() !== rendered[index]?.trim()))
    return undefined
  return best.at
}

/** How much around it is the same: whole lines, or at least their keys where a template made the values. What is nearer counts more. */
const alike = (rendered: readonly string[], index: number, template: readonly string[], at: number): number =>
  Array.from({ length: linesCompared }, (_, step) => step + 1)
    .flatMap((step) => [
      [rendered[index + step]?.trim() ?? '', template[at + step]?.trim() ?? '', step] as const,
      [rendered[index - step]?.trim() ?? '', template[at - step]?.trim() ?? '', step] as const,
    ])
    .reduce(
      (sum, [made, written, step]) =>
        sum + (made === '' ? 0 : (made === written ? 2 : sameKey(made, written) ? 1 : 0) * (1 + 1 / step)),
      0,
    )

const sameKey = (made: string, written: string): boolean => {
  const key = keyOf(made)
  return key !== undefined && key === keyOf(written)
}

const keyOf = (line: string): string | undefined => /^(?:- )?[\w./-]+:/.exec(line)?.[0]

const indexesOf = (lines: readonly string[], test: (line: string) => boolean): readonly number[] =>
  lines.flatMap((line, index) => (test(line) ? [index] : []))
