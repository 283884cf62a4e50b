import { KindupError } from '../../core/errors.ts'
import { showPlace } from '../../core/problem.ts'
import type { SmokeResult } from '../../services/smoke/smoke.ts'
import type { UpReport } from '../report.ts'
import { StepsFailed } from '../steps-failed.ts'

type Report = Omit<UpReport, 'smoke' | 'criticalPath'>

/** The page of a job that went well, as Markdown: times, smoke tests, where everything is. No password is in it. */
export const summaryOf = (
  { cluster, steps, endpoints, warnings, seconds }: Report,
  smoke: readonly SmokeResult[],
): string =>
  page(`${cluster.name} is up (${seconds.toFixed(1)} s)`, [
    table(
      ['Endpoint', 'URL'],
      endpoints.map(({ name, url }) => [name, url]),
    ),
    smokeTable(smoke),
    stepTable(steps),
    ...warnings.map((warning) => `> ${cell(warning)}`),
  ])

/** The page of a job that failed: why, what to do, how far each step got. */
export const failureSummaryOf = (name: string, error: unknown, smoke: readonly SmokeResult[]): string => {
  if (!(error instanceof KindupError)) return page(`${name} is not up: a defect in kindup`, [])
  const problems = error.problems.map(({ at, message }) => (at ? `${showPlace(at)} ${message}` : message))
  return page(`${name} is not up`, [
    fenced([error.message, ...problems].join('\n')),
    error.hints.map((hint) => `- ${cell(hint)}`).join('\n'),
    smokeTable(smoke),
    error instanceof StepsFailed ? stepTable(error.ends) : '',
  ])
}

const page = (title: string, parts: readonly string[]): string =>
  `${[`### ${title}`, ...parts].filter((part) => part !== '').join('\n\n')}\n\n`

const smokeTable = (smoke: readonly SmokeResult[]): string =>
  table(
    ['', 'Smoke test', 'Answer'],
    smoke.map(({ step, name, url, ok, message, ms }) => [
      ok ? '✅' : '❌',
      `${step} ${name} ${url}`,
      message ?? `${ms} ms`,
    ]),
  )

/** What took longest first: it is what a reader looks for. */
const stepTable = (
  steps: readonly { readonly id: string; readonly result: string; readonly seconds?: number }[],
): string =>
  table(
    ['Step', 'Result', 'Seconds'],
    steps
      .toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))
      .map(({ id, result, seconds }) => [id, result, seconds === undefined ? '' : seconds.toFixed(1)]),
  )

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ''
    : [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))]
        .map((row) => `| ${row.join(' | ')} |`)
        .join('\n')

/** One line, in which nothing is taken for Markdown or HTML. */
const cell = (text: string): string => text.replaceAll(/[\\`*_|[\]<>&]/g, '\\$&').replaceAll(/\s*[\r\n]+\s*/g, ' ')

/** A text as it is: the fence is longer than any in it. */
const fenced = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}
