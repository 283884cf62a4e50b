import type { ToolName } from '../../config/config.ts'
import { findTool } from '../tools/make-tools.ts'
import { oldest } from '../tools/versions.ts'
import type { Check } from './check.ts'

/** Looks at what is there and downloads nothing. */
export const toolCheck = (name: ToolName): Check => ({
  id: `tool/${name}`,
  title: `${name} ${oldest[name]} or newer`,
  run: async ({ config, run, env, signal }) => {
    const want = config?.tools ?? { kind: 'auto', kubectl: 'auto', helm: 'auto' }
    const probed = await findTool(name, { want, run, env, ...(signal ? { signal } : {}) })
    if ('tool' in probed) return { state: 'ok', evidence: `${probed.tool.version} (${probed.tool.path})` }
    const why = probed.reasons.length > 0 ? probed.reasons.join('; ') : `no ${name} is on the PATH`
    return {
      state: 'warning',
      cause: `${name} ${probed.download} will be downloaded by the first run that needs it: ${why}.`,
      fix: `Nothing, with a network. Without one, install ${name} ${oldest[name]} or newer.`,
    }
  },
})
