import type { Identity } from '../../core/identity.ts'
import type { Fingerprint } from '../../core/fingerprint.ts'

/** What the cluster remembers of one step: a Secret in namespace `kindup`. */
export type InventoryEntry = {
  readonly id: string
  readonly of: Identity
  readonly title: string
  /** Which undoer takes it away: `helm`, `objects`, … */
  readonly kind: string
  readonly needs: readonly string[]
  /** What that undoer wants to know. Plain JSON. */
  readonly undo: unknown
  /** What is to be said of it while it is not as the file says: that it was rolled back, and to when. */
  readonly note?: string
  /** When files went into its running containers that its image lacks, as an ISO date. Stays until the work is done again. */
  readonly synced?: string
  /** Written after the work was done; undefined means it was interrupted. */
  readonly fingerprint?: Fingerprint
}

/** The record of one cluster: one object per step, so that parallel steps never overwrite each other. */
export type Inventory = {
  entries(): Promise<ReadonlyMap<string, InventoryEntry>>
  /** Before the work: what `down` will need. Clears the fingerprint. */
  begin(entry: Omit<InventoryEntry, 'fingerprint'>): Promise<void>
  /** After the work. `undo` replaces the one that the step began with. */
  finish(id: string, fingerprint: Fingerprint, undo?: unknown): Promise<void>
  /** Before files go into the running containers of the step: a step without an entry has none. */
  markSynced(id: string): Promise<void>
  forget(id: string): Promise<void>
}
