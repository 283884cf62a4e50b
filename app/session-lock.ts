import { hostname } from 'node:os'
import process from 'node:process'
import { clusterPaths } from '../cluster/paths.ts'
import { takeLease, type Lease } from '../cluster/inventory/lease.ts'
import { writeSettings } from '../cluster/inventory/settings.ts'
import { refuseInterrupted } from '../cluster/snapshot/interruption.ts'
import { takeRunLock } from '../cluster/run-lock.ts'
import { afterStop } from '../core/bound.ts'
import type { Context, Status, Step } from '../core/step.ts'
import type { App } from './app.ts'
import type { Environment } from './environment.ts'

/** How long a run waits for another one of the same cluster to end, in milliseconds. */
const waitMs = 60_000

/** This run's right to change one cluster: a lock on this machine, and a Lease in the cluster as soon as its API answers. */
export type SessionLock = {
  /** Takes the Lease when the cluster is there already. */
  readonly takeIfThere: (statuses: ReadonlyMap<string, Status>, ctx: Context) => Promise<void>
  /** The step that makes the API answer, and takes the Lease before anything else may begin. */
  readonly over: (step: Step) => Step
  /** Aborted when another run has taken over: nothing more may be written. */
  readonly lost: AbortSignal
  readonly release: () => Promise<void>
}

/** Throws `busy` saying who else changes this cluster. */
export const takeSessionLock = async (
  { config, cluster, settings }: Pick<Environment, 'config' | 'cluster'> & Partial<Pick<Environment, 'settings'>>,
  app: App,
  command: string,
  /** This run ends what an earlier one left half done. */
  { ends = false }: { readonly ends?: boolean } = {},
): Promise<SessionLock> => {
  const lock = await takeRunLock(clusterPaths(config.name, app.env, config.cluster.context).lock, command)
  let lease: Lease | undefined
  const lost = new AbortController()
  const startedAt = new Date()
  const take = async (ctx: Context): Promise<void> => {
    if (lease) return
    const holder = { host: hostname(), pid: process.pid, command, startedAt }
    const taken = await takeLease(await cluster.access.bareKube(), holder, {
      signal: ctx.signal,
      waitMs,
      report: ctx.report,
    })
    lease = taken
    taken.lost.addEventListener('abort', () => lost.abort(taken.lost.reason))
    cluster.access.guard(() => taken.confirm())
    // Before anything is made with them: who looks at half an environment has to know them too.
    if (settings) {
      const kube = await cluster.kube(ctx)
      if (!ends) await refuseInterrupted(kube, config.name)
      await writeSettings(kube, settings)
    }
  }
  return {
    takeIfThere: async (statuses, ctx) => {
      const state = statuses.get('cluster/api')?.state
      if (state === 'ready' || state === 'changed') await take(ctx)
    },
    over: (step) =>
      step.id === 'cluster/api'
        ? { ...step, up: async (ctx) => (await step.up(ctx), await take(ctx), undefined) }
        : step,
    lost: lost.signal,
    release: async () => {
      cluster.access.guard(undefined)
      // A run that was stopped has no client any more, and on another machine the next one would wait until the Lease runs out.
      await afterStop(async () => {
        const through = lease && app.signal.aborted ? await cluster.access.lastKube().catch(() => undefined) : undefined
        await lease?.release(through)
      })
      await lock.release()
    },
  }
}
