import type { Removal } from '../core/plan.ts'
import type { Context, Status } from '../core/step.ts'
import { undoers } from '../services/deploy-step.ts'
import type { Environment } from './environment.ts'

/** Steps that take away what the cluster's record holds and the file no longer has. None for a narrowed walk, or while nobody can ask. */
export const removalsOf = async (
  { cluster, deployables, env, allIds, isNarrowed }: Environment,
  statuses: ReadonlyMap<string, Status>,
  context: Context,
): Promise<readonly Removal[]> => {
  const api = statuses.get('cluster/api')?.state
  if (isNarrowed || (api !== 'ready' && api !== 'changed')) return []
  const [{ removalSteps }, { showClaim }, { volumesOf }, { readUndo }] = await Promise.all([
    import('../cluster/inventory/removals.ts'),
    import('../cluster/kube/show-claim.ts'),
    import('../services/remove/claims.ts'),
    import('../services/remove/undo.ts'),
  ])
  const record = await cluster.record(context)
  const entries = await record.entries()
  const current = new Set(allIds)
  const gone = [...entries.values()].filter(({ id }) => !current.has(id))
  const all = {
    ...cluster.undoers,
    ...undoers({ cluster, env }, { deployables, secrets: cluster.config.secrets }, gone),
  }
  const steps = removalSteps(entries, current, all, () => Promise.resolve(record))
  const kube = await cluster.kube(context)
  return Promise.all(
    steps.map(async (step) => {
      const volumes = await volumesOf(kube, step.id, readUndo(entries.get(step.id)?.undo))
      const data = volumes.length === 0 ? '' : `; it deletes the data of ${volumes.map(showClaim).join(', ')}`
      return { ...step, reason: `the file no longer has it${data}` }
    }),
  )
}
