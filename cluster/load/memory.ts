/** What a run has found out about nodes. */
export type LoadMemory = {
  /** `<container> <reference>`: put there by this run, or found there. */
  readonly there: Set<string>
  /** Of each container. */
  readonly snapshotters: Map<string, string | undefined>
  /** Who sends what right now, by `<container> <reference>`: whoever wants the same waits for it instead of sending it again. */
  readonly underWay: Map<string, Promise<unknown>>
}
