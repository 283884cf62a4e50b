import type { FindOptions } from './make-tools.ts'
import type { Tools } from './tools.ts'
import type { ToolName } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'

/** The tools that are on this machine: a plan downloads none. Asking for another throws `tool-missing`, which says that `up` gets it. */
export const toolsHere = (options: FindOptions): Tools => {
  const once = (name: ToolName): Tools[ToolName] => {
    const probe = async () => {
      const { findTool } = await import('./make-tools.ts')
      const probed = await findTool(name, options)
      if ('tool' in probed) return probed.tool
      throw new EnvironmentError(
        'tool-missing',
        `${name} is not on this machine yet, \`up\` downloads ${probed.download}`,
      )
    }
    let found: ReturnType<typeof probe> | undefined
    return () => (found ??= probe())
  }
  return { kind: once('kind'), kubectl: once('kubectl'), helm: once('helm') }
}
