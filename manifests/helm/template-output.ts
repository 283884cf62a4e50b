import type { Problem } from '../../core/problem.ts'
import { crdOutline, isCrdText } from '../yaml/crd-outline.ts'
import type { Render } from '../yaml/outlined.ts'
import { parseOne } from '../yaml/parse.ts'
import { splitDocuments } from '../yaml/split.ts'
import { chartFile, templateLines } from './template-lines.ts'
import type { LocatedChart } from './locate-chart.ts'

/** What `helm template` printed, as objects with the places of the templates that made them. */
export const parseTemplateOutput = (output: string, chart: LocatedChart): Render => {
  const parts = splitDocuments(output).map(({ text }): Render => {
    const source = /^# Source: (.+?)\s*$/m.exec(text)?.[1]
    const find = source === undefined ? undefined : templateLines(chart, source)
    const isDefinition = isCrdText(text)
    const read = isDefinition ? crdOutline(text) : text
    const parsed = parseOne(
      { text: read, line: 1 },
      {
        reader: 'helm',
        place: (line) => find?.(read.split('\n'), line - 1) ?? { file: source ? chartFile(chart, source) : chart.path },
      },
    )
    return {
      documents: isDefinition ? parsed.objects.map((one) => ({ ...one, text })) : parsed.objects,
      problems: parsed.problems.map(withoutColumn),
    }
  })
  return {
    documents: parts.flatMap(({ documents }) => documents),
    problems: parts.flatMap(({ problems }) => problems),
  }
}

/** Columns are those of the rendered text and not of the template. */
const withoutColumn = (problem: Problem): Problem => {
  if (!problem.at) return problem
  const { file, line } = problem.at
  return { ...problem, at: line === undefined ? { file } : { file, line } }
}
