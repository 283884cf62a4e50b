/** How `ctr` is to put images into the store of a node. */
export type ImageStore = {
  /** Undefined where it is containerd's own. */
  readonly snapshotter: string | undefined
  /** Flags of `ctr images import`. */
  readonly importFlags: readonly string[]
}

/** What a run has found out about nodes. */
export type LoadMemory = {
  /** `<container> <reference>`: put there by this run, or found there. */
  readonly there: Set<string>
  /** Of each container. */
  readonly imageStores: Map<string, ImageStore>
  /** Who sends what right now, by `<container> <reference>`: whoever wants the same waits for it instead of sending it again. */
  readonly underWay: Map<string, Promise<unknown>>
}
