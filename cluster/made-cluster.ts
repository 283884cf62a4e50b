import type { Step } from '../core/step.ts'
import type { Cluster } from './cluster.ts'
import type { Undoer } from './inventory/removals.ts'
import type { Access } from './kind/access.ts'
import type { LoadMemory } from './load/memory.ts'
import type { Publisher } from './registry/publisher.ts'

/** A cluster with its steps, as commands have it. */
export type MadeCluster = Cluster & {
  /** `cluster/api`, `cluster/nodes`, and the registry and mirrors of the file. */
  readonly steps: readonly Step[]
  /** What takes registries and mirrors away that the file no longer has, by the kind of their record. */
  readonly undoers: Readonly<Record<string, Undoer>>
  /** The local registry of the file, for what is pushed to it. */
  readonly registry: Publisher | undefined
  /** Before anything else is made; `cluster/api` does it otherwise. Throws `name-taken`. */
  takeMarker(): Promise<void>
  /** The user's kubeconfig that the entries are in, or would be put into. */
  userKubeconfig(): Promise<string>
  readonly access: Access
  readonly imageStores: LoadMemory['imageStores']
  /** Until nothing that this run started goes on in the background. Never throws. */
  settled(): Promise<void>
}
