import type { Cluster } from '../../cluster/cluster.ts'
import { awaitDns } from '../../cluster/ready/cluster-dns.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { valueAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { engineCommand } from './engine-command.ts'

/** How long an existing cluster may take, in milliseconds. */
const existingMs = 30_000

/**
 * Returns once pods can resolve names, for what follows a deploy: hooks and smoke tests. In an existing cluster, whose DNS is
 * others' business, it ends with a warning at last.
 */
export const awaitNames = async (cluster: Cluster, ctx: Context): Promise<void> => {
  const { context: existing, kind } = cluster.config.cluster
  // This step may be the one that brings the network, without which no DNS starts.
  if (valueAt(kind, 'networking', 'disableDefaultCNI') === true) return
  const { context } = cluster
  try {
    const engine = await engineCommand(cluster)
    const timeoutMs = existing === undefined ? ctx.timeoutMs : Math.min(existingMs, ctx.timeoutMs)
    await awaitDns(await cluster.kube(ctx), { ...ctx, timeoutMs }, { context, engine })
  } catch (error) {
    if (existing === undefined || ctx.signal.aborted || !(error instanceof EnvironmentError)) throw error
    // Whoever may not look into kube-system is no worse off.
    if (error.code !== 'api-refused') ctx.warn(`Pods of ${context} may not resolve names yet: ${error.message}`)
  }
}
