import { clusterContainers } from '../cluster/kind/situation.ts'
import { forgetScript } from '../cluster/snapshot/node-script.ts'
import { nodesOf } from '../cluster/snapshot/nodes.ts'
import { saveSnapshot } from '../cluster/snapshot/save.ts'
import { KindupError, messageOf } from '../core/errors.ts'
import { contextOf } from '../core/walk.ts'
import type { App, WalkFlags } from './app.ts'
import type { Environment } from './environment.ts'
import type { UpReport } from './report.ts'
import { version } from './version.ts'

/** The name of the snapshot that `up` makes by itself. */
export const automatic = 'up'

/** What it may cost: more is made by `kindup snapshot save up` only. */
export const limits = { ms: 2_000, bytes: 300e6 }

/**
 * Keeps the state that a whole `up` ends with, where that is small and quick. Of one that could not be kept the state before is forgotten
 * too: it is not the one that `reset` promises.
 */
export const keepForReset = async (
  { env }: App,
  { reset = true, timeout }: WalkFlags,
  { cluster, config, isNarrowed }: Environment,
  { changed, signal }: { readonly changed: boolean; readonly signal: AbortSignal },
): Promise<Pick<UpReport, 'reset'>> => {
  if (!changed || !reset || env['KINDUP_RESET'] === 'off' || isNarrowed) return {}
  // Its nodes are others' affair.
  if (config.cluster.context !== undefined) return {}
  const started = performance.now()
  const time = AbortSignal.timeout(limits.ms)
  const seconds = (): number => Math.round(performance.now() - started) / 1000
  try {
    const engine = await cluster.engine()
    const nodes = nodesOf(config.name, engine, await clusterContainers(engine, config.name), signal)
    await nodes.run(nodes.head, forgetScript, [automatic])
    const kube = await cluster.kube(contextOf({ signal, timeoutMs: timeout, warn: () => undefined }, 'reset'))
    const saved = await saveSnapshot({
      name: automatic,
      kube,
      nodes,
      version: version(),
      maxBytes: limits.bytes,
      mayBegin: () => time.throwIfAborted(),
    })
    return { reset: { kept: true, bytes: saved.bytes, seconds: seconds() } }
  } catch (error) {
    signal.throwIfAborted()
    const isLate = time.aborted && error === time.reason
    if (!isLate && !(error instanceof KindupError)) throw error
    const why = isLate ? `it could not begin within ${limits.ms / 1000} s.` : messageOf(error)
    return {
      reset: {
        kept: false,
        why: `${why} \`kindup snapshot save ${automatic}\` keeps it all the same.`,
        seconds: seconds(),
      },
    }
  }
}
