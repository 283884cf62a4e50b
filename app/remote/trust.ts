import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { composed } from '../../config/composed.ts'
import { outsidePaths, powersOf } from '../../config/remote/powers.ts'
import { makeSourceMap } from '../../config/source-map.ts'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { confirm } from '../../core/ask.ts'
import { ConfigError, EnvironmentError, StoppedError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { isInside, stateFolder } from '../../core/paths.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import { loadOptions, type App, type CommonFlags, type SettingFlags } from '../app.ts'
import { fileOf, folderOf, type Checkout } from './fetch-remote.ts'

type Flags = CommonFlags & SettingFlags

/**
 * Refuses what leads out of the repository, shows what the configuration could run or read here, and asks once for each
 * commit; --yes is no answer, `--trust COMMIT` is. `acts`: the command does something with it. Throws `not-trusted`, StoppedError.
 */
export const trustRemote = async (
  app: App,
  flags: Flags,
  checkout: Checkout,
  acts: boolean,
  terminal: Terminal,
): Promise<void> => {
  const { commit, folder: repository, address } = checkout
  const file = fileOf(checkout)
  const { tree, files } = await composed({ ...loadOptions(app, { ...flags, config: file }), file })
  const outer = files.filter((path) => !isInside(path, repository))
  if (outer.length > 0) throw leadsOut(outer[0] ?? '', 'It includes')
  if (!tree) return
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8').catch(() => '')))
  const read = { root: tree.root, texts, folder: folderOf(checkout), repository }
  const places = makeSourceMap(tree.spots, file)
  const problems = outsidePaths(read).map(({ path, text }) => ({
    severity: 'error' as const,
    message: `${path.join('.')}: ${text} is not in the repository.`,
    at: places.value([...path]),
  }))
  if (problems.length > 0)
    throw new ConfigError('A configuration from elsewhere reads its own repository alone.', { problems })
  const powers = powersOf(read)
  const { err, colour } = terminal
  err(
    `${colour.cyan('i')} ${withoutLogin(address.url)} at ${commit}${checkout.isKept ? ' (it does not answer: what was fetched last)' : ''}`,
  )
  if (powers.length === 0) return
  if (flags.trust !== undefined && flags.trust !== commit)
    throw new ConfigError(`--trust ${flags.trust}: the configuration is at ${commit}.`, {
      code: 'flags',
      hints: ['It takes all 40 digits of the commit that was looked at, so that no other one is run.'],
    })
  const known = join(stateFolder(app.env), 'trusted', `${hashOf([address.url, address.path, commit, powers])}.json`)
  if ((await readFile(known, 'utf8').catch(() => '')) !== '') return
  for (const line of [
    `${acts ? 'It' : 'Brought up, it'}:`,
    ...powers.map((power) => `  ${colour.yellow('•')} ${power}`),
  ])
    err(line)
  if (!acts) return
  if (flags.trust !== commit) {
    if (!terminal.interactive)
      throw new EnvironmentError(
        'not-trusted',
        `Nobody has trusted ${withoutLogin(address.url)} at ${commit} yet, and it could run or read something here:\n${powers.join('\n')}`,
        {
          hints: [`Look at it, then: --trust ${commit}`, '--yes is no answer to that.'],
        },
      )
    if (!(await confirm('Trust this commit?', { byDefault: false, signal: app.signal })))
      throw new StoppedError('Stopped at the question; nothing of it was run.')
  }
  await writeFileAtomic(
    known,
    `${JSON.stringify({ url: withoutLogin(address.url), path: address.path, commit, powers })}\n`,
    { mode: 0o600 },
  )
}

const leadsOut = (path: string, how: string): ConfigError =>
  new ConfigError(`${how} ${path}, which is not in the repository.`, {
    hints: ['A configuration from elsewhere reads its own repository alone.'],
  })
