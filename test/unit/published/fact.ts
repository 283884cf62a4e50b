/** Where it was read. */
export type Reading = {
  /** `owner/name` on GitHub. */
  readonly repo: string
  readonly commit: string
  /** Says which release that is, where the commit is not the pinned one. */
  readonly note?: string
  readonly path: string
  /** What stands there. */
  readonly holds: readonly RegExp[]
  /** What does not. */
  readonly lacks?: readonly RegExp[]
}

/** Something that others published and the code leans on. */
export type Fact = {
  readonly id: string
  /** In a sentence. */
  readonly fact: string
  /** Files of ours that would be wrong without it. */
  readonly code: readonly string[]
  readonly read: readonly Reading[]
  /** Fails where the code assumes something else. */
  readonly assumed: () => unknown
}
