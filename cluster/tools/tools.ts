import type { ToolName } from '../../config/config.ts'

export type Tool = {
  readonly name: ToolName
  readonly path: string
  /** Without a leading v. */ readonly version: string
  /** The PATH, a download of this run, or one of an earlier run. */
  readonly from: 'path' | 'download' | 'cache'
}

/** Who waits for a tool: a step's context is one. */
export type Waiting = {
  /** Ends this wait; the download goes on for others. */
  readonly signal?: AbortSignal
  /** Told how far a download is: `helm 4.2.4: 45 %, 7.9 of 17.5 MB`. */
  readonly report?: (line: string) => void
}

/** The external programs, found (and where needed downloaded) once, when first asked for. */
export type Tools = { [name in ToolName]: (waiting?: Waiting) => Promise<Tool> }
