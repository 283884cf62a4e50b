import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Problem } from '../../core/problem.ts'
import type { LocatedChart } from './locate-chart.ts'
import { missingDependencies } from './template-error.ts'

/** The charts that a chart folder names in Chart.yaml and does not hold in charts/, each with its line. */
export const dependencyProblems = (chart: LocatedChart): readonly Problem[] => {
  if (chart.kind !== 'folder') return []
  const file = join(chart.from ?? chart.path, 'Chart.yaml')
  if (!existsSync(file))
    return [
      { severity: 'error', message: `${chart.path} is no chart: it has no Chart.yaml.`, at: { file: chart.path } },
    ]
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, logLevel: 'silent' })
  const dependencies = isMap(document.contents) ? document.contents.get('dependencies') : undefined
  if (!isSeq(dependencies)) return []
  const held = heldIn(join(chart.path, 'charts'))
  return dependencies.items.flatMap((item) => {
    const name: unknown = isMap(item) ? item.get('name') : undefined
    if (typeof name !== 'string' || held.has(name)) return []
    const offset = isMap(item) ? item.range?.[0] : undefined
    return [
      missingDependencies(name, chart, { file, ...(offset === undefined ? {} : { line: lines.linePos(offset).line }) }),
    ]
  })
}

/** Names of the charts of a folder as helm reads them: what their Chart.yaml says, whatever their folders are called. */
export const heldIn = (folder: string): ReadonlySet<string> =>
  new Set(
    (existsSync(folder) ? readdirSync(folder) : []).flatMap((entry) => {
      const packed = /^(.+?)-v?\d+\.\d+\.\d+.*\.tgz$/.exec(entry)?.[1]
      if (packed !== undefined) return [packed]
      const file = join(folder, entry, 'Chart.yaml')
      if (!existsSync(file)) return [entry]
      const read = parseDocument(readFileSync(file, 'utf8'), { logLevel: 'silent' }).contents
      const name: unknown = isMap(read) ? read.get('name') : undefined
      return [typeof name === 'string' ? name : entry]
    }),
  )
