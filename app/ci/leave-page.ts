import { resolve } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { whyUnwritten } from '../../core/full-disk.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import type { App, WalkFlags } from '../app.ts'
import type { RunSeen } from '../page/of-run.ts'
import type { Page } from '../page/page.ts'
import { sayWarnings } from '../report.ts'
import { refusePasswordsAlone } from './report-flags.ts'

type Dependencies = {
  readonly app: App
  readonly flags: Pick<WalkFlags, 'report' | 'reportPasswords'>
  readonly terminal: Terminal
}

/** What the work adds to as it goes on: the page shows as much as is known when it ends. */
export type Noting = { -readonly [Key in keyof Omit<RunSeen, 'seconds' | 'error'>]: RunSeen[Key] }

/** Does the work, and leaves a page of how it went where one is wanted, however it ended. */
export const leavingPage = async <T>(dependencies: Dependencies, work: (seen: Noting) => Promise<T>): Promise<T> => {
  const { report } = dependencies.flags
  refusePasswordsAlone(dependencies.flags)
  if (report === undefined) return work({})
  const seen: Noting = {}
  const started = performance.now()
  const leave = (more: Pick<RunSeen, 'error'>): Promise<void> =>
    writePage(dependencies, { ...seen, ...more, seconds: (performance.now() - started) / 1000 })
  let ended: T
  try {
    ended = await work(seen)
  } catch (error) {
    await leave({ error })
    throw error
  }
  // One that went on in another group of users has left its own.
  if (seen.report ?? seen.smoke) await leave({})
  return ended
}

const writePage = async (dependencies: Dependencies, seen: RunSeen): Promise<void> => {
  const { app, flags } = dependencies
  await writeReport(dependencies, async () => {
    const [{ pageOfRun }, { secretsOf, withoutSecrets }] = await Promise.all([
      import('../page/of-run.ts'),
      import('../page/without-secrets.ts'),
    ])
    const secrets = secretsOf(app.env, seen.environment?.secrets.hidden, seen.report?.credentials)
    return withoutSecrets(await pageOfRun(app, seen), secrets, flags.reportPasswords === true)
  })
}

/** The environment is there with or without the file: what stands in the way is a warning. */
export const writeReport = async ({ app, flags, terminal }: Dependencies, make: () => Promise<Page>): Promise<void> => {
  const file = resolve(app.cwd, flags.report ?? '')
  try {
    const { documentOf } = await import('../page/document.ts')
    const text = documentOf(await make())
    await writeFileAtomic(file, text, flags.reportPasswords === true ? { mode: 0o600 } : {})
  } catch (error) {
    sayWarnings([`The report could not be written to ${file}: ${whyUnwritten(file, error, true)}.`], terminal)
  }
}
