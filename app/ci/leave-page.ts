import { resolve } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { ConfigError } from '../../core/errors.ts'
import { whyUnwritten } from '../../core/full-disk.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import type { App, WalkFlags } from '../app.ts'
import type { RunSeen } from '../page/of-run.ts'
import { sayWarnings } from '../report.ts'

type Dependencies = {
  readonly app: App
  readonly flags: Pick<WalkFlags, 'report' | 'reportPasswords'>
  readonly terminal: Terminal
}

/** What the work adds to as it goes on: the page shows as much as is known when it ends. */
export type Noting = { -readonly [Key in keyof Omit<RunSeen, 'seconds' | 'error'>]: RunSeen[Key] }

/** Does the work, and leaves a page of how it went where one is wanted, however it ended. */
export const leavingPage = async <T>(dependencies: Dependencies, work: (seen: Noting) => Promise<T>): Promise<T> => {
  const { report, reportPasswords } = dependencies.flags
  if (report === undefined && reportPasswords === true)
    throw new ConfigError('--report-passwords is for the page of --report.', {
      code: 'flags',
      hints: ['For example: --report report.html --report-passwords'],
    })
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

/** The environment is there with or without it: what stands in the way is a warning. */
const writePage = async ({ app, flags, terminal }: Dependencies, seen: RunSeen): Promise<void> => {
  const file = resolve(app.cwd, flags.report ?? '')
  const shown = flags.reportPasswords === true
  try {
    const [{ pageOfRun }, { secretsOf, withoutSecrets }, { documentOf }] = await Promise.all([
      import('../page/of-run.ts'),
      import('../page/without-secrets.ts'),
      import('../page/document.ts'),
    ])
    const secrets = secretsOf(app.env, seen.environment?.secrets.hidden, seen.report?.credentials)
    const page = withoutSecrets(await pageOfRun(app, seen), secrets, shown)
    await writeFileAtomic(file, documentOf(page), shown ? { mode: 0o600 } : {})
  } catch (error) {
    sayWarnings([`The report could not be written to ${file}: ${whyUnwritten(file, error, true)}.`], terminal)
  }
}
