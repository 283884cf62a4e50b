import type { Problem } from '../../core/problem.ts'
import type { Want } from './edit-file.ts'
import type { PinFile } from './read-files.ts'

/** What is wanted of files, by their paths; and what was found on the way. */
export type Found = {
  readonly wants: readonly (Want & { readonly file: string })[]
  readonly notes: readonly string[]
  readonly problems: readonly Problem[]
}

export type Between = {
  readonly service: string
  readonly from: string
  readonly to: string
  readonly read: (file: string) => Promise<PinFile>
  /** A path as people read it. */
  readonly show: (file: string) => string
}
