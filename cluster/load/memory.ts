import type { Fields } from '../../core/fields.ts'
import type { FirstLooks } from './holdings.ts'

/** How `ctr` is to put images into the store of a node. */
export type ImageStore = {
  /** Undefined where it is containerd's own. */
  readonly snapshotter: string | undefined
  /** Flags of `ctr images import`. */
  readonly importFlags: readonly string[]
}

/** Descriptors of layers, by the digests of what is in them. */
export type Layers = ReadonlyMap<string, Fields>

/** What was sent of repositories that an engine pushes from, as long as somebody follows the files. */
export type Pushes = Map<
  string,
  {
    /** A push of it goes on by itself. */
    isBusy: boolean
    /** How many brought a layer that was too large to wait for. */
    larges: number
    /** What the nodes got last. */
    last: string
    /** How each node names the layers of it, by the digests of what is in them; where that is known. */
    layers?: ReadonlyMap<string, Layers>
  }
>

/** What a run has found out about nodes. */
export type LoadMemory = {
  /** `<container> <reference>`: put there by this run, or found there. */
  readonly there: Set<string>
  readonly firstLooks?: FirstLooks
  /** Of each container. */
  readonly imageStores: Map<string, ImageStore>
  /** By repository. Left out: nobody goes on after this walk. */
  readonly pushes?: Pushes | undefined
  /** Who sends what right now, by `<container> <reference>`: whoever wants the same waits for it instead of sending it again. */
  readonly underWay: Map<string, Promise<unknown>>
}
