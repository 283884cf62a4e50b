import type { LookOptions } from './make-tools.ts'
import type { Tools } from './tools.ts'
import type { ToolName } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'

/** The tools that are on this machine: a plan downloads none. Asking for another throws `tool-missing`, which says that `up` gets it. */
export const toolsHere = (options: LookOptions): Tools => {
  const once = (name: ToolName): Tools[ToolName] => {
    const look = async () => {
      const { lookForTool } = await import('./make-tools.ts')
      const looked = await lookForTool(name, options)
      if ('tool' in looked) return looked.tool
      throw new EnvironmentError(
        'tool-missing',
        `${name} is not on this machine yet, \`up\` downloads ${looked.download}`,
      )
    }
    let found: ReturnType<typeof look> | undefined
    return () => (found ??= look())
  }
  return { kind: once('kind'), kubectl: once('kubectl'), helm: once('helm') }
}
