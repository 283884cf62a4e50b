import type { Cause } from './find-causes.ts'

/** What came of a look at a cluster. */
export type Diagnosis = {
  /** Where all of it is written. */
  readonly folder: string
  /** The likeliest first. */
  readonly causes: readonly Cause[]
  /** What could not be asked, and why. */
  readonly unanswered: readonly string[]
}
