import type { ToolsConfig } from '../core/config/config.ts'
import { loadConfig } from '../core/config/load.ts'
import { ConfigError } from '../core/errors.ts'
import type { App, CommonFlags } from './app.ts'

/** The section `tools` of the file; where there is no file, what a file without the section means. A file that is wrong is said. */
export const wantedTools = async (app: App, flags: Pick<CommonFlags, 'config' | 'name'>): Promise<ToolsConfig> => {
  try {
    const { config } = await loadConfig({
      cwd: app.cwd,
      env: app.env,
      ...(flags.config === undefined ? {} : { file: flags.config }),
      ...(flags.name === undefined ? {} : { name: flags.name }),
    })
    return config.tools
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'config-missing' && flags.config === undefined)
      return { kind: 'auto', kubectl: 'auto', helm: 'auto' }
    throw error
  }
}
