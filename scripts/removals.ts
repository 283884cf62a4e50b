import { removalSteps } from '../cluster/record/removals.ts'
import type { Context, Status, Step } from '../core/step.ts'
import { undoers } from '../manifests/deploy-step.ts'
import type { Environment } from './environment.ts'

/** Steps that take away what the cluster's record holds and the file no longer has. None for a narrowed walk, or while nobody can ask. */
export const removalsOf = async (
  { cluster, deployables, env, allIds, isNarrowed }: Environment,
  statuses: ReadonlyMap<string, Status>,
  context: Context,
): Promise<readonly Step[]> => {
  const api = statuses.get('cluster/api')?.state
  if (isNarrowed || (api !== 'ready' && api !== 'changed')) return []
  const record = await cluster.record(context)
  const all = { ...cluster.undoers, ...undoers({ cluster, env }, deployables) }
  return removalSteps(await record.entries(), allIds, all, () => Promise.resolve(record))
}
