import type { Diagnosis } from '../../cluster/diagnose/diagnosis.ts'
import { KindupError } from '../../core/errors.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import { contextOf } from '../../core/walk.ts'
import type { App, WalkFlags } from '../app.ts'
import { isHealthy, type Board } from '../board/board.ts'
import type { Look } from '../board/look.ts'
import { failureLogs } from '../page/failure-logs.ts'
import type { Page } from '../page/page.ts'
import { see } from '../ui/see.ts'
import { writeReport } from './leave-page.ts'

/** Nobody waits longer for what is to be seen of what is not ready. In milliseconds. */
const patienceMs = 30_000

/** Looks once, and leaves a page of how everything stands: where something is not well, with the likeliest causes and the logs of what is not ready. */
export const lookAndReport = async (app: App, flags: WalkFlags, terminal: Terminal, look: Look): Promise<Board> => {
  const board = await look.look()
  await writeReport({ app, flags, terminal }, async () => {
    const { page } = await see(app, { ...look, look: () => Promise.resolve(board) }, flags.reportPasswords)
    return isHealthy(board) ? page : withCauses(page, await diagnosisOf(app, look))
  })
  return board
}

const withCauses = (page: Page, diagnosis: Diagnosis | undefined): Page =>
  diagnosis
    ? {
        ...page,
        causes: diagnosis.causes.map(({ about, cause, evidence, hints }) => ({
          message: `${about.join(', ')}: ${cause}`,
          problems: [],
          hints,
          evidence,
        })),
        folder: diagnosis.folder,
        logs: failureLogs(diagnosis),
      }
    : page

/** Undefined where nobody can look: the page says how the steps stand all the same. */
const diagnosisOf = async (app: App, { environment }: Look): Promise<Diagnosis | undefined> => {
  if (!environment) return undefined
  const { cluster, config, secrets } = environment
  const signal = AbortSignal.any([app.signal, AbortSignal.timeout(patienceMs)])
  const { writeDiagnosis } = await import('../diagnose/write-diagnosis.ts')
  try {
    return await writeDiagnosis(
      app,
      {
        name: config.name,
        ...(config.cluster.context === undefined && { engine: cluster.engine }),
        kube: () => cluster.kube(contextOf({ signal, timeoutMs: patienceMs }, 'diagnose')),
        secrets: secrets.hidden.texts,
        files: {},
        findings: [],
      },
      signal,
    )
  } catch (error) {
    app.signal.throwIfAborted()
    if (error instanceof KindupError || signal.aborted) return undefined
    throw error
  }
}
