import { join } from 'node:path'
import { oneLine } from '../../core/print/one-line.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { chartFile } from './template-lines.ts'
import { yamlFault } from '../yaml/fault.ts'
import { linkProblem } from './broken-links.ts'
import type { LocatedChart } from './locate-chart.ts'
import { shown } from '../../core/shown-command.ts'

/** What helm said while it rendered a chart, as a sentence with the place it is about. */
export const templateProblem = (stderr: string, chart: LocatedChart, at: Place): Problem => {
  const text = lastError(stderr)
  const place = (file: string, line?: string, column?: string): Place => ({
    file: chartFile(chart, file),
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) + 1 }),
  })
  const execution = /execution error at \(([^:)]+):(\d+):(\d+)\): ([\s\S]+)/.exec(text)
  if (execution)
    return problem(
      `The chart refuses its values: ${oneLine(execution[4])}`,
      place(execution[1] ?? '', execution[2], execution[3]),
    )

  // A trace of includes, in one line (helm 3) or several (helm 4): the last place is where it went wrong.
  const spot = [...text.matchAll(/(?:^|\s)([^\s:"()]+\/[^\s:"()]+):(\d+):(\d+)/gm)].at(-1)
  if (spot && text.includes('executing "')) {
    const why = oneLine(text.slice(spot.index + spot[0].length)).replace(/^:?\s*executing "[^"]*" /, '')
    return problem(`The template cannot be rendered: ${why}`, place(spot[1] ?? '', spot[2], spot[3]), hintFor(why))
  }

  const parse = /parse error at \(([^:)]+):(\d+)\): ([\s\S]+)/.exec(text)
  if (parse) return problem(`The template is broken: ${oneLine(parse[3])}`, place(parse[1] ?? '', parse[2]))

  const yaml = /YAML parse error on (\S+): (?:error converting YAML to JSON: )?([\s\S]+)/.exec(text)
  if (yaml)
    return problem(`The template renders to something that is no valid YAML: ${oneLine(yaml[2])}`, place(yaml[1] ?? ''))

  const values = /failed to parse (\S+\.ya?ml): ([\s\S]+)/.exec(text)
  if (values) {
    const line = /line (\d+)/.exec(values[2] ?? '')?.[1]
    return problem(
      `The values file is no valid YAML: ${oneLine(values[2]?.replace(/^.*error converting YAML to JSON: /, ''))}`,
      {
        ...(line === undefined
          ? yamlFault(values[1] ?? at.file, 'helm')
          : { file: values[1] ?? at.file, line: Number(line) }),
      },
    )
  }

  const own =
    /cannot load ([\w.-]+\.ya?ml|values\.schema\.json): (?:error converting YAML to JSON: |error unmarshaling JSON: while decoding JSON: )?([\s\S]+)/.exec(
      text,
    )
  if (own && chart.kind === 'folder')
    return problem(
      `helm cannot read this file of the chart: ${oneLine(own[2])}`,
      yamlFault(join(chart.path, own[1] ?? ''), 'helm'),
    )

  const schema = /values don't meet the specifications of the schema\(s\)[^:]*:\s*([\s\S]+)/.exec(text)
  if (schema) return problem(`The values do not fit the schema of the chart: ${oneLine(schema[1])}`, at)

  const link = linkProblem(text, chart.path)
  if (link) return link

  if (/missing in charts\/ directory/.test(text))
    return missingDependencies(text.split('directory:').at(-1)?.trim() ?? '', chart, at)
  return problem(`helm cannot render the chart: ${oneLine(text)}`, at)
}

const problem = (message: string, where: Place, hint?: string): Problem => ({
  severity: 'error',
  message,
  at: where,
  ...(hint === undefined ? {} : { hint }),
})

/** What to say when a chart folder lacks the charts it depends on. */
export const missingDependencies = (names: string, chart: LocatedChart, at: Place): Problem => ({
  severity: 'error',
  message: `The chart ${chart.from ?? chart.path} depends on ${names}, which its charts/ folder does not hold.`,
  at,
  hint: shown('helm', ['dependency', 'build', chart.from ?? chart.path]),
})

const lastError = (stderr: string): string => {
  const text = stderr.trim()
  const index = text.lastIndexOf('Error: ')
  return (index >= 0 ? text.slice(index + 'Error: '.length) : text).replace(/\n+Use --debug flag[\s\S]*$/, '')
}

const hintFor = (why: string): string | undefined =>
  /nil pointer evaluating/.test(why)
    ? "A value that the template reads is not set: look at the chart's values.yaml and at `values`."
    : undefined
