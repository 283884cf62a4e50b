import type { Config } from '../config/config.ts'
import type { Run } from '../core/run.ts'
import type { Access } from './kind/access.ts'
import type { Engine } from './engine/engine.ts'
import type { NamedNode } from './nodes/may-run.ts'
import type { Lifecycle } from './kind/lifecycle.ts'
import type { ClusterPaths } from './paths.ts'

/** What the two steps of the cluster work with; they share one lifecycle, so that the second awaits what the first began. */
export type Parts = {
  readonly config: Config
  readonly run: Run
  /** kindup's own version, for the ownership marker. */
  readonly version: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly context: string
  readonly nodes: readonly NamedNode[]
  readonly paths: ClusterPaths
  readonly access: Access
  readonly lifecycle: Lifecycle
  engine(): Promise<Engine>
  /** Recreate the cluster where it cannot be changed in place. */
  readonly recreate: boolean
  /** Only a part of the file is meant: nothing is removed. */
  readonly isNarrowed?: boolean
}
