import type { Findings } from '../findings.ts'
import type { Env } from '../interpolate.ts'
import type { SourceMap } from '../source-map.ts'

/** What every part of the normalisation works with. */
export type Scope = {
  /** Absolute folder of the file, where relative paths start. */
  readonly folder: string
  readonly env: Env
  readonly findings: Findings
  readonly sourceMap: SourceMap
}
