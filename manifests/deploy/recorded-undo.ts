import type { Cluster } from '../../cluster/cluster.ts'
import type { RecordEntry } from '../../cluster/record/record.ts'
import type { Undoer } from '../../cluster/record/removals.ts'
import { cacheFolder } from '../../core/paths.ts'
import type { Context } from '../../core/step.ts'
import { makeHelm } from '../helm/helm.ts'
import { readSecretUndo, takeSecretAway } from '../secrets/undo.ts'
import { madeByUs, removeNamespace } from './namespaces.ts'
import { ownOf } from './own.ts'
import { readUndo } from './undo.ts'
import { takeAway, type UndoDeps } from './take-away.ts'

type Around = {
  readonly cluster: Cluster
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** What takes deployed things away or brings them back by the record alone: `staying` are the entries whose namespaces are in use. */
export const recordedDeps = ({ cluster, env }: Around, staying: readonly RecordEntry[]): UndoDeps => ({
  cluster,
  helm: makeHelm({ run: cluster.run, tools: cluster.tools, cacheFolder: cacheFolder(env), ...(env && { env }) }),
  wanted: (id) =>
    new Set(
      staying.filter((entry) => entry.id !== id && isDeployed(entry)).flatMap(({ undo }) => readUndo(undo).namespaces),
    ),
})

const isDeployed = ({ kind }: RecordEntry): boolean => kind === 'helm' || kind === 'objects'

/** Takes one away, from what the record says of it. */
export const recordedUndoer =
  (deps: UndoDeps): Undoer =>
  (entry, ctx) =>
    takeAway(entry.id, readUndo(entry.undo), deps, ctx)

/**
 * Takes copies of secrets, and with them the namespace, away from namespaces that kindup made for what has gone and that
 * nothing deployed uses any more. The secrets themselves stay in the record: whoever comes back gets them again.
 */
export const leaveNamespaces = async (
  gone: readonly RecordEntry[],
  staying: readonly RecordEntry[],
  { cluster, wanted }: UndoDeps,
  ctx: Context,
): Promise<void> => {
  const kube = await cluster.kube(ctx)
  const inUse = wanted('')
  const namespaces = new Set(gone.flatMap(({ undo }) => readUndo(undo).namespaces).filter((one) => !inUse.has(one)))
  for (const namespace of namespaces) {
    if (!(await madeByUs(kube, namespace))) continue
    for (const { id, kind, undo } of staying)
      if (kind === 'secret' && readSecretUndo(undo).namespaces.includes(namespace))
        await takeSecretAway(id, [namespace], { cluster, wanted: () => inUse }, ctx)
    // Until here, what one of them had left could still have been another one's.
    await removeNamespace(kube, namespace, ownOf(staying), ctx)
  }
}
