import type { ToolName } from '../../core/config/config.ts'

export type Tool = {
  readonly name: ToolName
  readonly path: string
  /** Without a leading v. */ readonly version: string
  readonly from: 'path' | 'download'
}

/** The external programs, found (and where needed downloaded) once, when first asked for. */
export type Tools = { [name in ToolName]: () => Promise<Tool> }
