/** Where something is made from: a file, or a folder with all that is below. It may not be there, or not yet. */
export type Input = {
  /** Absolute. */
  readonly path: string
  /** What below it does not count, by paths relative to it, with forward slashes. Links below it are then not followed either. */
  readonly ignored?: {
    matches(path: string): boolean
    /** Nothing below that folder counts. */
    wholly(folder: string): boolean
  }
}

/** What a step is made from. */
export type Inputs = {
  /** Another one when any of it changed. */
  readonly hash: string
  /** Where the part of it lies that are files of this machine. */
  readonly files: readonly Input[]
}
