import type { ToolName } from '../../config/config.ts'
import { lookForTool } from '../tools/make-tools.ts'
import { oldest } from '../tools/versions.ts'
import type { Check } from './check.ts'

/** Looks at what is there and downloads nothing. */
export const toolCheck = (name: ToolName): Check => ({
  id: `tool/${name}`,
  title: `${name} ${oldest[name]} or newer`,
  run: async ({ config, run, env, signal }) => {
    const want = config?.tools ?? { kind: 'auto', kubectl: 'auto', helm: 'auto' }
    const looked = await lookForTool(name, { want, run, env, ...(signal ? { signal } : {}) })
    if ('tool' in looked) return { state: 'ok', evidence: `${looked.tool.version} (${looked.tool.path})` }
    const why = looked.reasons.length > 0 ? looked.reasons.join('; ') : `no ${name} is on the PATH`
    return {
      state: 'warning',
      cause: `${name} ${looked.download} will be downloaded by the first run that needs it: ${why}.`,
      fix: `Nothing, with a network. Without one, install ${name} ${oldest[name]} or newer.`,
    }
  },
})
