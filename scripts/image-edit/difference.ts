import type { Edit } from '../../core/yaml-edit/edits.ts'
import type { Place } from '../../core/problem.ts'
import type { Said } from '../../core/yaml-edit/scalar.ts'

/** One thing in a file that is not as wanted. */
export type Difference = {
  /** The image, or the dotted path of the scalar. */
  readonly name: string
  readonly wanted: string
  /** Null where there is nothing. A number is one where the file lacks quotes: `1.10` reads as 1.1. */
  readonly found: Said
  readonly at: Place
  /** The splices that make it so. Changes the parsed document alike, which says what the spliced text must read as. */
  readonly fix: () => readonly Edit[]
}
