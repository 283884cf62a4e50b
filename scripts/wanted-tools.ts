import type { ToolsConfig } from '../config/config.ts'
import type { App, CommonFlags } from '../app/app.ts'
import { fileIfThere } from '../app/file-here.ts'

/** The section `tools` of the file; where there is no file, what a file without the section means. A file that is wrong is said. */
export const wantedTools = async (app: App, flags: Pick<CommonFlags, 'config' | 'name'>): Promise<ToolsConfig> => {
  const config = await fileIfThere(app, flags)
  return config?.tools ?? { kind: 'auto', kubectl: 'auto', helm: 'auto' }
}
