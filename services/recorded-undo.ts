import type { Cluster } from '../cluster/cluster.ts'
import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import type { Undoer } from '../cluster/inventory/removals.ts'
import { cacheFolder } from '../core/paths.ts'
import type { Context } from '../core/step.ts'
import { makeHelm } from '../manifests/helm/helm.ts'
import { readSecretUndo, removeCopy } from './secrets/undo.ts'
import { lastToLeave } from './remove/last-to-leave.ts'
import { madeByUs, removeNamespace } from './remove/namespaces.ts'
import { ownOf } from './remove/own.ts'
import { readUndo } from './remove/undo.ts'
import { takeObjectsAway, type UndoDeps } from './remove/remove.ts'

type Dependencies = {
  readonly cluster: Cluster
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** What takes deployed things away or brings them back by the record alone: `staying` are the entries whose namespaces are in use. */
export const recordedDeps = ({ cluster, env }: Dependencies, staying: readonly InventoryEntry[]): UndoDeps => ({
  cluster,
  helm: makeHelm({ run: cluster.run, tools: cluster.tools, cacheFolder: cacheFolder(env), ...(env && { env }) }),
  wanted: (id) =>
    new Set(
      staying.filter((entry) => entry.id !== id && isDeployed(entry)).flatMap(({ undo }) => readUndo(undo).namespaces),
    ),
})

const isDeployed = ({ kind }: InventoryEntry): boolean => kind === 'helm' || kind === 'objects'

/**
 * Takes what goes away, from what the record says of it, and behind the last that used a namespace which kindup made, the
 * copies of secrets in it and the namespace itself. The secrets stay in the record: whoever comes back gets them again.
 */
export const recordedUndoer = (
  gone: readonly InventoryEntry[],
  staying: readonly InventoryEntry[],
  deps: UndoDeps,
): Undoer => {
  const leavesLast = lastToLeave(gone)
  return async ({ id, undo }, ctx) => {
    await takeObjectsAway(id, readUndo(undo), deps, ctx)
    await leaveNamespaces(leavesLast(id), staying, deps, ctx)
  }
}

const leaveNamespaces = async (
  left: readonly string[],
  staying: readonly InventoryEntry[],
  { cluster, wanted }: UndoDeps,
  ctx: Context,
): Promise<void> => {
  const kube = await cluster.kube(ctx)
  const inUse = wanted('')
  for (const namespace of left) {
    if (inUse.has(namespace) || !(await madeByUs(kube, namespace))) continue
    for (const { of, kind, undo } of staying)
      if (kind === 'secret' && readSecretUndo(undo).namespaces.includes(namespace))
        await removeCopy(kube, namespace, of.name ?? '', ctx)
    await removeNamespace(kube, namespace, ownOf(staying), ctx)
  }
}
