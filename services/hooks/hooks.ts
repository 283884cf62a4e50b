import type { Cluster } from '../../cluster/cluster.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { Context } from '../../core/step.ts'
import type { Hook, Hooks } from '../../manifests/deployable.ts'
import { runHook } from './run-hook.ts'

/** The hooks of one step, in the order of a deployment. */
export type HookRuns = {
  /** Those that want no cluster, up to the first that does: begun while the cluster boots. */
  early(ctx: Context): Promise<void>
  /** The rest of those before; the early ones too where nobody ran them. */
  before(ctx: Context): Promise<void>
  after(ctx: Context): Promise<void>
}

/** Runs of the same program that were asked for at the same time: the tests of a service in two environments are one. */
export type SharedRuns = Map<
  string,
  { readonly step: string; readonly reports: Context['report'][]; readonly end: Promise<void> }
>

export const makeHooks = (
  id: string,
  { before, after, variables, secrets }: Hooks,
  { cluster, shared }: { readonly cluster: Cluster; readonly shared: SharedRuns },
): HookRuns => {
  const first = before.findIndex((hook) => hook.cluster)
  const count = first < 0 ? before.length : first
  let begun: Promise<void> | undefined

  const local = (hook: Hook, ctx: Context): Promise<void> =>
    together(id, hook, shared, ctx, (report) =>
      runHook(hook, { run: cluster.run, env: {}, secrets }, { ...ctx, report }),
    )
  const seeing = async (hook: Hook, ctx: Context): Promise<void> => {
    const tool = await ofOurs(hook.run[0] ?? '', cluster, ctx)
    const env = { ...variables, KUBECONFIG: await cluster.kubeconfig(ctx) }
    await runHook({ ...hook, run: [tool, ...hook.run.slice(1)] }, { run: cluster.run, env, secrets }, ctx)
  }
  const early = (ctx: Context): Promise<void> => (begun ??= inTurn(before.slice(0, count), (hook) => local(hook, ctx)))
  return {
    early,
    before: async (ctx) => {
      try {
        await early(ctx)
      } finally {
        // The next deployment runs them again.
        begun = undefined
      }
      await inTurn(before.slice(count), (hook) => (hook.cluster ? seeing(hook, ctx) : local(hook, ctx)))
    },
    after: (ctx) => inTurn(after, (hook) => seeing(hook, ctx)),
  }
}

const inTurn = async (hooks: readonly Hook[], run: (hook: Hook) => Promise<void>): Promise<void> => {
  for (const hook of hooks) await run(hook)
}

/** kubectl and helm are there even where the PATH has none: those that kindup itself uses. */
const ofOurs = async (program: string, { tools }: Cluster, ctx: Context): Promise<string> => {
  if (program === 'kubectl') return (await tools.kubectl(ctx)).path
  if (program === 'helm') return (await tools.helm(ctx)).path
  return program
}

/**
 * What knows nothing of the environment gives the same answer for each: it is run once for all that ask while it runs,
 * and every one of them waits for it. One that sees the cluster never comes here.
 */
const together = async (
  step: string,
  hook: Hook,
  shared: SharedRuns,
  ctx: Context,
  run: (report: Context['report']) => Promise<void>,
): Promise<void> => {
  const key = hashOf([hook.at, hook.run, hook.in, hook.env])
  const running = shared.get(key)
  if (running) {
    running.reports.push(ctx.report)
    return running.end.catch((error: unknown) => {
      if (!(error instanceof EnvironmentError)) throw error
      throw new EnvironmentError('hook-failed', `The hook \`${hook.name}\` failed, as ${running.step} tells.`, {
        cause: error,
      })
    })
  }
  const reports = [ctx.report]
  const end = run((line) => reports.forEach((report) => report(line))).finally(() => shared.delete(key))
  shared.set(key, { step, reports, end })
  return end
}
