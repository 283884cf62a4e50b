import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { codeNames, isCode } from '../../config/code/is-code.ts'
import { parseRemote } from '../../config/remote/address.ts'
import { findFile } from '../../config/source/read-file.ts'
import { ConfigError, usageError } from '../../core/errors.ts'
import { cacheFolder } from '../../core/paths.ts'
import type { App, CommonFlags } from '../app.ts'
import { runOf } from '../run-of.ts'
import { acts } from './acts.ts'

/** A file that was fetched, trusted as far as its command wants that, and held until `release`. */
type Opened = { readonly file: string; readonly release: () => Promise<void> }

/** The file that `--config` names, where that is in a repository elsewhere: fetched, shown and trusted. Undefined for a file of this machine. */
export const openRemote = async (app: App, command: string, flags: CommonFlags): Promise<Opened | undefined> => {
  // A folder may be called as a host is.
  if (flags.config === undefined || existsSync(resolve(app.cwd, flags.config))) return undefined
  const address = parseRemote(flags.config)
  if (address === undefined) return undefined
  if (typeof address === 'string') throw usageError(`--config ${flags.config}: ${address}.`)
  if ('watch' in flags && flags.watch === true)
    throw usageError(
      '--watch carries out each save, and nothing is saved in a repository elsewhere.',
      'Clone it, and name the file in the clone.',
    )
  if (command === 'promote' && !('check' in flags && flags.check === true))
    throw usageError(
      'promote changes files, and those of a repository elsewhere are not yours to change here.',
      'Clone it, and name the file in the clone; --check only says whether anything would change.',
    )
  const [{ fetchRemote, fileOf, holdRemote }, { trustRemote }] = await Promise.all([
    import('./fetch-remote.ts'),
    import('./trust.ts'),
  ])
  const cache = cacheFolder(app.env)
  const hold = () => holdRemote(address, cache, `kindup ${command}`)
  const held = acts(command) ? await hold() : undefined
  const release = async (): Promise<void> => held?.release()
  try {
    const checkout = await fetchRemote(address, cache, runOf(app), held ? undefined : hold)
    refuseCode(fileOf(checkout))
    await trustRemote(app, flags, checkout)
    return { file: fileOf(checkout), release }
  } catch (error) {
    await release()
    throw error
  }
}

/** To read a program is to run it, before anybody could be shown what it does. `file`: where the checkout would have its file. */
const refuseCode = (file: string): void => {
  const code = existsSync(file)
    ? [findFile(file, dirname(file))].find(isCode)
    : codeNames.map((name) => join(dirname(file), name)).find((path) => existsSync(path))
  if (code === undefined) return
  throw new ConfigError(
    `--config: ${basename(code)} is a program, and programs of a repository elsewhere are not run.`,
    {
      code: 'not-trusted',
      hints: [
        'Clone the repository, read the file, and name it in the clone; or have the repository hold a kindup.yaml.',
      ],
    },
  )
}
