/** What every bench that has one cluster is given. */
export type Common = {
  /** The checkout that is measured. */
  readonly repository: string
  /** Rounds. */
  readonly count: number
  /** As of kindup. */
  readonly sets: readonly string[]
  readonly signal: AbortSignal
  /** Told of each figure as it is measured, in its unit. */
  readonly keep: (key: string, value: number) => void
}

export type Bench = Common & {
  /** Of its cluster. */
  readonly name: string
}
