import type { ToolName } from '../../config/config.ts'
import type { Run } from '../../core/run.ts'

export type Wanted = {
  readonly name: ToolName
  readonly version: string
  /** Whether the file names this version: a newer one is none. */
  readonly isExact: boolean
  /** Where the program is put. */
  readonly target: string
}

export type Dependencies = {
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  /** Told how it comes, in one line. */
  readonly say: (line: string) => void
}

export type Came = { readonly path: string; readonly version: string }
