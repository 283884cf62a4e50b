/** A folder or file in a git repository somewhere else. */
export type RemoteAddress = {
  /** What git is given. */
  readonly url: string
  /** In the repository, without slashes at its ends; empty for its root. */
  readonly path: string
  /** A branch, a tag or a commit; the repository's own branch where none is named. */
  readonly ref: string | undefined
}
