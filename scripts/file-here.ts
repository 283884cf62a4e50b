import { loadConfig } from '../core/config/load.ts'
import type { Config } from '../core/config/config.ts'
import { ConfigError } from '../core/errors.ts'
import type { App, CommonFlags } from './app.ts'

/** The file that the flags mean. Throws ConfigError. */
export const fileOf = async (app: App, flags: Pick<CommonFlags, 'config' | 'name'>): Promise<Config> => {
  const { config } = await loadConfig({
    cwd: app.cwd,
    env: app.env,
    ...(flags.config === undefined ? {} : { file: flags.config }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
  })
  return config
}

/** The same, for commands that can do without: undefined where there is none and none was named. A file that is wrong is said. */
export const fileIfThere = async (
  app: App,
  flags: Pick<CommonFlags, 'config' | 'name'>,
): Promise<Config | undefined> => {
  try {
    return await fileOf(app, flags)
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'config-missing' && flags.config === undefined) return undefined
    throw error
  }
}
