import { rememberedContext } from '../cluster/existing/memory.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/config.ts'
import { subjectOf, type Subject } from '../config/subject.ts'
import { ConfigError } from '../core/errors.ts'
import { shortPath } from '../core/print/error-page.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { loadOptions, type App, type CommonFlags, type SettingFlags } from './app.ts'

type FileFlags = Pick<CommonFlags, 'config' | 'name'> & SettingFlags

/** The file that the flags mean. Throws ConfigError. */
export const fileOf = async (app: App, flags: FileFlags): Promise<Config> =>
  (await loadConfig(loadOptions(app, flags))).config

/** The same, for commands that can do without: undefined where there is none and none was named. A file that is wrong is said. */
export const fileIfThere = async (app: App, flags: FileFlags): Promise<Config | undefined> => {
  try {
    return await fileOf(app, flags)
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'config-missing' && flags.config === undefined) return undefined
    throw error
  }
}

/** A cluster of which no file tells more than this, and why. */
type Named = Subject & { readonly name: string; readonly mistakes: ConfigError }

/**
 * The file for a command that can do with the name of the cluster alone, or that name: mistakes in the file, or that
 * there is none, are then no reason to stop. Throws ConfigError where not even the name is known.
 */
export const fileOrName = async (
  app: App,
  flags: FileFlags,
  { err, colour }: Pick<Terminal, 'err' | 'colour'>,
): Promise<Config | Named> => {
  try {
    return await fileOf(app, flags)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const { name, ...rest } = await subjectOf(loadOptions(app, flags))
    if (name === undefined)
      throw new ConfigError(error.message, {
        problems: error.problems,
        hints: [...error.hints, 'The name of the cluster alone is enough: add --name NAME.'],
        code: error.code,
      })
    const [first] = error.problems
    const where = first?.at ? ` (first ${shortPath(first.at, app.cwd)})` : ''
    if (error.code !== 'config-missing')
      err(`${colour.yellow('!')} The file has mistakes${where}; the name of the cluster, ${name}, is enough for this.`)
    // Without the file: where it was brought up last.
    const context =
      rest.context ?? (error.code === 'config-missing' ? await rememberedContext(name, app.env) : undefined)
    return { name, ...rest, ...(context === undefined ? {} : { context }), mistakes: error }
  }
}
