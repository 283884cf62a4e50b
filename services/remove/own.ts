import type { Cluster } from '../../cluster/cluster.ts'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { Context } from '../../core/step.ts'
import { identity } from '../../manifests/kinds/kind.ts'
import { stepLabel } from '../../manifests/transform/step-label.ts'
import type { Claims } from './undo.ts'
import { readUndo } from './undo.ts'

/** What the record says that steps made. */
export type Own = {
  /** Values of the step label. */
  readonly steps: ReadonlySet<string>
  /** `namespace/release` */
  readonly releases: ReadonlySet<string>
  /** Identities of objects that carry no label. */
  readonly objects: ReadonlySet<string>
  readonly claims: readonly Claims[]
}

export const ownOf = (entries: Iterable<InventoryEntry>): Own => {
  const all = [...entries]
  const undos = all.map(({ undo }) => readUndo(undo))
  return {
    steps: new Set(all.map(({ id }) => stepLabel(id))),
    releases: new Set(
      undos.flatMap(({ releases }) => releases.map(({ namespace, release }) => `${namespace}/${release}`)),
    ),
    claims: undos.flatMap(({ claims }) => claims),
    objects: new Set(undos.flatMap(({ objects, hooks }) => [...objects, ...hooks].map(identity))),
  }
}

/** What the steps of the record beside this one made. */
export const ownBeside = async (cluster: Pick<Cluster, 'record'>, id: string, ctx: Context): Promise<Own> =>
  ownOf([...(await (await cluster.record(ctx)).entries()).values()].filter((entry) => entry.id !== id))
