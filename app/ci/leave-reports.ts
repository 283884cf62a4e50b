import { appendFile, readFile, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import type { SmokeResult } from '../../services/smoke/smoke.ts'
import type { App } from '../app.ts'
import { sayWarnings, type UpReport } from '../report.ts'
import { whyUnwritten } from '../../core/full-disk.ts'

type Dependencies = {
  readonly app: Pick<App, 'cwd' | 'env'>
  readonly terminal: Terminal
  /** The cluster's name. */
  readonly name: string
  /** Where the smoke tests are to be written to as JUnit XML. */
  readonly junit?: string | undefined
  /** Where later jobs of a pipeline find the cluster by, as KEY=value lines. */
  readonly dotenv?: string | undefined
  /** Filled while the work goes on. */
  readonly smoke: readonly SmokeResult[]
}

/** Does the work of `up`, and leaves what a pipeline reads of it, however it ended: JUnit, the summary of the job, and variables for later ones. */
export const leavingReports = async (dependencies: Dependencies, work: () => Promise<UpReport>): Promise<UpReport> => {
  const { app, name, smoke } = dependencies
  const summary = app.env['GITHUB_STEP_SUMMARY'] ?? ''
  const leave = async (text: (page: typeof import('./job-summary.ts')) => string): Promise<void> => {
    await writeJunit(dependencies)
    if (summary === '') return
    // Other steps of the job write there too.
    await said(dependencies.terminal, 'The summary of the job', summary, async () =>
      appendFile(summary, text(await import('./job-summary.ts'))),
    )
  }
  let report: UpReport
  try {
    report = await work()
  } catch (error) {
    await leave(({ failureSummaryOf }) => failureSummaryOf(name, error, smoke))
    throw error
  }
  await leave(({ summaryOf }) => summaryOf(report, smoke))
  const { dotenv } = dependencies
  if (dotenv !== undefined) {
    const file = resolve(app.cwd, dotenv)
    const { dotenvOf } = await import('./dotenv.ts')
    const { text, leftOut } = dotenvOf(report)
    await said(dependencies.terminal, 'What later jobs find the cluster by', file, () => writeFileAtomic(file, text))
    if (leftOut > 0)
      sayWarnings(
        [`${leftOut} of ${report.endpoints.length} endpoints are not in ${file}: GitLab takes no larger file.`],
        dependencies.terminal,
      )
  }
  return report
}

/** Takes away what an earlier run left for later jobs: it names a cluster that may be gone. A file of somebody else stays. */
export const dropEarlier = async (file: string): Promise<void> => {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text.startsWith('KINDUP_NAME=')) await rm(file, { force: true }).catch(() => undefined)
}

/** Writes the results of smoke tests for a pipeline, where it asked for them. */
export const writeJunit = async ({ app, terminal, name, junit, smoke }: Dependencies): Promise<void> => {
  if (junit === undefined) return
  const file = resolve(app.cwd, junit)
  const { junitOf } = await import('./junit.ts')
  await said(terminal, 'The results of the smoke tests', file, () => writeFileAtomic(file, junitOf(name, smoke)))
}

/** The environment is there with or without it: what stands in the way is a warning. */
const said = async (terminal: Terminal, what: string, file: string, write: () => Promise<void>): Promise<void> => {
  try {
    await write()
  } catch (error) {
    sayWarnings([`${what} could not be written to ${file}: ${whyUnwritten(file, error, true)}.`], terminal)
  }
}
