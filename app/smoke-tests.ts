import type { KubeObject } from '../cluster/kube/kube.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Context } from '../core/step.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Deployable } from '../manifests/deployable.ts'
import { entrancesOf } from '../services/smoke/entrances.ts'
import type { Reach } from '../services/smoke/reach.ts'
import type { Inside } from '../services/smoke/service.ts'
import type { SmokeResult } from '../services/smoke/smoke.ts'

type Dependencies = {
  readonly reach: Reach
  /** Results are added here, those of failures too. */
  readonly results: SmokeResult[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The deployable, its smoke tests run after a deploy that changed something; those of `left` nothing leads to, as was said before. */
export const withSmoke = (
  deployable: Deployable,
  { left, ...dependencies }: Dependencies & { readonly left: ReadonlySet<number> },
): Deployable => {
  const { smoke = [] } = deployable
  const tested = { ...deployable, smoke: smoke.filter((_test, index) => !left.has(index)) }
  if (tested.smoke.length === 0) return deployable
  return {
    ...deployable,
    verify: async (cluster, ctx) => {
      await deployable.verify?.(cluster, ctx)
      await passTests(tested, dependencies, cluster, ctx)
    },
  }
}

type Tested = Pick<Deployable, 'id' | 'namespace' | 'smoke'>

/** Runs the smoke tests; throws `smoke-failed` with all that fail. */
export const passTests = async (
  tested: Tested,
  dependencies: Dependencies,
  cluster: Cluster,
  ctx: Context,
): Promise<void> => {
  const failed = (await testsOf(tested, dependencies, cluster, ctx)).filter(({ ok }) => !ok)
  if (failed.length > 0) throw smokeError(failed)
}

/** Runs the smoke tests of one deployable, all at the same time. */
export const testsOf = async (
  { id, namespace, smoke = [] }: Tested,
  { reach, results, env }: Dependencies,
  cluster: Cluster,
  ctx: Context,
): Promise<readonly SmokeResult[]> => {
  if (smoke.length === 0) return []
  const [{ connectFrom }, { workloadsOf }, { runSmoke }] = await Promise.all([
    import('../cluster/network/connect-from.ts'),
    import('../services/deploy/probe.ts'),
    import('../services/smoke/smoke.ts'),
  ])
  // A chart that nobody could render here tells its ways in once it is there.
  const liveObjects = async (): Promise<readonly KubeObject[]> =>
    workloadsOf(await cluster.kube(ctx), { id, namespace })
  const inside: Inside = {
    namespace,
    kube: () => cluster.kube(ctx),
    connect: async (to, signal) => {
      const [node] = cluster.nodes
      const { context } = cluster.config.cluster
      if (context !== undefined && cluster.config.cluster.existing?.provider !== 'kind')
        return `a connection is tried from a node, and none of ${context} is a container here`
      return connectFrom(await cluster.engine(), node?.container ?? '', to, signal)
    },
  }
  const [ports, objects, authority] = await Promise.all([
    cluster.ports(ctx),
    reach.entrances ? [] : liveObjects(),
    cluster.config.tls && authorityText(env, ctx),
  ])
  const target = { step: id, ports, entrances: entrancesOf(objects), ...reach, ...(authority && { authority }), inside }
  const ended = await Promise.all(smoke.map((test) => runSmoke(test, target, ctx)))
  results.push(...ended)
  return ended
}

/** PEM of the authority that signs for the ingress. */
const authorityText = async (env: Dependencies['env'], ctx: Context): Promise<string | undefined> => {
  const { findAuthority } = await import('../trust/find-authority.ts')
  const found = await findAuthority(env, ctx.warn)
  return found && String(found.certificate)
}

const smokeError = (failed: readonly SmokeResult[]): EnvironmentError =>
  new EnvironmentError(
    'smoke-failed',
    failed.map(({ name, url, message }) => `${name} (${url}): ${message ?? 'failed'}`).join('\n'),
    {
      hints: ['`kindup test` runs the smoke tests again.'],
    },
  )

/** What leads to one deployable of a plan that has it. */
export const reachIn = (reaches: ReadonlyMap<string, Reach>, id: string): Reach => {
  const reach = reaches.get(id)
  if (!reach) throw new Error(`${id} is not in the plan`)
  return reach
}
