import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { confirm } from '../../core/ask.ts'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { EnvironmentError, StoppedError, usageError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { stateFolder } from '../../core/paths.ts'
import type { App } from '../app.ts'
import { acts } from './acts.ts'

/** What of a repository counts here, at one commit, and what that could run or read on this machine, each in a line. */
type Asked = {
  readonly url: string
  /** The file, or files, in the repository. */
  readonly path: string
  readonly commit: string
  /** It is what was fetched last: the remote did not answer. */
  readonly isKept: boolean
  readonly powers: readonly string[]
  /** The commit stands in a file already: it is said only where it is asked about. */
  readonly isNamed: boolean
}

/**
 * Shows what a commit could run or read here, and asks once for each commit; --yes is no answer, `--trust COMMIT` is.
 * A command that only looks asks nobody. Throws `not-trusted`, StoppedError.
 */
export const agree = (app: App, asked: Asked): Promise<void> => {
  const { agreed } = app.elsewhere
  const key = hashOf([asked.url, asked.path, asked.commit, asked.powers])
  const known = agreed.get(key)
  if (known) return known
  const answer = answered(app, asked, join(stateFolder(app.env), 'trusted', `${key}.json`))
  agreed.set(key, answer)
  return answer
}

const answered = async (app: App, asked: Asked, known: string): Promise<void> => {
  const { url, path, commit, isKept, powers, isNamed } = asked
  const { command, trust, quiet, commits } = app.elsewhere
  const terminal = app.terminal({ quiet })
  const { err, colour } = terminal
  const isTrusted = powers.length === 0 || (await readFile(known, 'utf8').catch(() => '')) !== ''
  if (!isNamed || isKept || !isTrusted)
    err(
      `${colour.cyan('i')} ${withoutLogin(url)} at ${commit}${isKept ? ' (it does not answer: what was fetched last)' : ''}`,
    )
  if (powers.length === 0) return
  const wrong = trust.find((one) => !commits.has(one))
  if (wrong !== undefined)
    throw usageError(
      `--trust ${wrong}: the configuration is at ${commit}.`,
      'It takes all 40 digits of the commit that was looked at, so that no other one is run.',
    )
  if (isTrusted) return
  const isActing = acts(command)
  for (const line of [
    `${isActing ? 'It' : 'Brought up, it'}:`,
    ...powers.map((power) => `  ${colour.yellow('•')} ${power}`),
  ])
    err(line)
  if (!isActing) return
  if (!trust.includes(commit)) {
    if (!terminal.interactive)
      throw new EnvironmentError(
        'not-trusted',
        `Nobody has trusted ${withoutLogin(url)} at ${commit} yet, and it could run or read something here:\n${powers.join('\n')}`,
        {
          hints: [`Look at it, then: --trust ${commit}`, '--yes is no answer to that.'],
        },
      )
    if (!(await confirm('Trust this commit?', { byDefault: false, signal: app.signal })))
      throw new StoppedError('Stopped at the question; nothing of it was run.')
  }
  await writeFileAtomic(known, `${JSON.stringify({ url: withoutLogin(url), path, commit, powers })}\n`, { mode: 0o600 })
}
