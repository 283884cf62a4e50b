import { EnvironmentError } from '../core/errors.ts'
import type { Context } from '../core/step.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { connectFrom } from '../cluster/network/connect-from.ts'
import type { Deployable } from '../manifests/deployable.ts'
import type { Inside } from '../manifests/smoke/service.ts'
import { runSmoke, type SmokeResult } from '../manifests/smoke/smoke.ts'

type Around = {
  readonly hosts: readonly string[]
  /** All names that lead to this machine. */
  readonly localHosts: readonly string[]
  /** Results are added here, those of failures too. */
  readonly results: SmokeResult[]
}

/** The deployable, its smoke tests run after a deploy that changed something. */
export const withSmoke = (deployable: Deployable, around: Around): Deployable => {
  const { smoke = [] } = deployable
  if (smoke.length === 0) return deployable
  return {
    ...deployable,
    verify: async (cluster, ctx) => {
      await deployable.verify?.(cluster, ctx)
      await passTests(deployable, around, cluster, ctx)
    },
  }
}

type Tested = Pick<Deployable, 'id' | 'namespace' | 'smoke'>

/** Runs the smoke tests; throws `smoke-failed` with all that fail. */
export const passTests = async (tested: Tested, around: Around, cluster: Cluster, ctx: Context): Promise<void> => {
  const failed = (await testsOf(tested, around, cluster, ctx)).filter(({ ok }) => !ok)
  if (failed.length > 0) throw smokeError(failed)
}

/** Runs the smoke tests of one deployable, all at the same time. */
export const testsOf = async (
  { id, namespace, smoke = [] }: Tested,
  { hosts, localHosts, results }: Around,
  cluster: Cluster,
  ctx: Context,
): Promise<readonly SmokeResult[]> => {
  if (smoke.length === 0) return []
  const inside: Inside = {
    namespace,
    kube: () => cluster.kube(ctx),
    connect: async (to, signal) => connectFrom(await cluster.engine(), cluster.nodes[0]?.container ?? '', to, signal),
  }
  const target = { step: id, ports: await cluster.ports(ctx), hosts, localHosts, inside }
  const ended = await Promise.all(smoke.map((test) => runSmoke(test, target, ctx)))
  results.push(...ended)
  return ended
}

const smokeError = (failed: readonly SmokeResult[]): EnvironmentError =>
  new EnvironmentError(
    'smoke-failed',
    failed.map(({ name, url, message }) => `${name} (${url}): ${message ?? 'failed'}`).join('\n'),
    {
      hints: ['`kindup test` runs the smoke tests again.'],
    },
  )
