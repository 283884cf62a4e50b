import { textAt } from '../../core/fields.ts'
import { parseJson } from '../../core/whole-number.ts'
import { snapshotFrom, type Snapshot } from './manifest.ts'
import { listScript, sweepScript } from './node-script.ts'
import type { Nodes } from './nodes.ts'

export type Listed = {
  /** By name. */
  readonly snapshots: readonly Snapshot[]
  /** What is there too and cannot be read: a later kindup saved it. `id`: of its folder, where it tells. */
  readonly others: readonly { readonly name: string; readonly id: string | undefined }[]
  /** The one that was being restored when the run was killed. */
  readonly interrupted?: Snapshot
}

export const listSnapshots = async (nodes: Nodes): Promise<Listed> => {
  const lines = (await nodes.run(nodes.head, listScript)).split('\n').filter((line) => line !== '')
  const snapshots = lines.flatMap((line) => snapshotFrom(line) ?? [])
  const others = lines.filter((line) => line.startsWith('{') && !snapshotFrom(line)).map(otherFrom)
  const interrupted = snapshots.find(({ id }) => id === lines.at(-1))
  return {
    others,
    snapshots: snapshots.toSorted((a, b) => a.name.localeCompare(b.name)),
    ...(interrupted && { interrupted }),
  }
}

const otherFrom = (line: string): Listed['others'][number] => {
  const found = fieldsFrom(line)
  return { name: textAt(found, 'name') ?? '', id: textAt(found, 'id') }
}

const fieldsFrom = (line: string): unknown => {
  try {
    return parseJson(line)
  } catch {
    return undefined
  }
}

/** Removes every folder but those of `wanted`, and of what is not known here; none at all where nobody can tell which those are. */
export const sweep = async (
  nodes: Nodes,
  { others }: Pick<Listed, 'others'>,
  wanted: readonly string[],
): Promise<void> => {
  const kept = others.flatMap(({ id }) => id ?? [])
  if (kept.length === others.length) await nodes.runAll(sweepScript, () => [...wanted, ...kept])
}
