import { snapshotFrom, type Snapshot } from './manifest.ts'
import { listScript } from './node-script.ts'
import type { Nodes } from './nodes.ts'

export type Listed = {
  /** By name. */
  readonly snapshots: readonly Snapshot[]
  /** The one that was being restored when the run was killed. */
  readonly interrupted?: Snapshot
}

export const listSnapshots = async (nodes: Nodes): Promise<Listed> => {
  const lines = (await nodes.run(nodes.head, listScript)).split('\n').filter((line) => line !== '')
  const snapshots = lines.flatMap((line) => snapshotFrom(line) ?? [])
  const interrupted = snapshots.find(({ id }) => id === lines.at(-1))
  return {
    snapshots: snapshots.toSorted((a, b) => a.name.localeCompare(b.name)),
    ...(interrupted && { interrupted }),
  }
}
