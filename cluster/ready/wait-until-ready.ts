import type { Context } from '../../core/step.ts'
import { waitFor } from '../../core/wait.ts'
import type { Verdict } from '../../core/wait.ts'
import type { Kube } from '../kube/kube.ts'
import { hopelessOf } from './hopeless.ts'
import { makeLookCloser } from './look-closer.ts'
import type { LookCloser } from './look-closer.ts'
import { merged } from './merged.ts'
import { assessRelease, progressOf } from './release.ts'
import type { Assessed } from './release.ts'
import { lineWithLogs } from './report-line.ts'
import { sourcesFor } from './sources.ts'
import { watchedOf } from './targets.ts'
import type { Targets } from './targets.ts'

type ReadyOptions = {
  /** What the user gets, for errors. */
  readonly what: string
  /** Whether all nodes of the file have joined and are Ready: before that, no node is missing for good. */
  readonly nodesReady: () => boolean
}

/** Restarts and schedulers are judged by time too. */
const tickMs = 1_000
/** Long enough to see a program that ends as soon as it looks at its settings. */
const proveMs = 3_000

/**
 * Returns once everything among the targets is ready and has stayed so for a few seconds.
 * Throws `wait-failed` with the reason and the last log lines as soon as something cannot heal, `timed-out` with the last reason.
 */
export const waitUntilReady = async (
  kube: Kube,
  targets: Targets,
  ctx: Context,
  options: ReadyOptions,
): Promise<void> => {
  const watched = watchedOf(targets)
  if (watched.length === 0) return
  const verdicts = async function* (signal: AbortSignal): AsyncGenerator<Verdict<void>> {
    const closer = makeLookCloser(kube)
    let progress = ''
    let movedAt = performance.now()
    for await (const objects of merged(sourcesFor(kube, watched), tickMs, signal)) {
      const live = { objects, nodesReady: options.nodesReady(), now: Date.now(), proveMs }
      const first = assessRelease(watched, { ...live, events: [] })
      const events = await closer.events(first)
      const assessed = events.length > 0 ? assessRelease(watched, { ...live, events }) : first
      const now = progressOf(assessed)
      if (now !== progress) movedAt = performance.now()
      progress = now
      yield await verdictOf(assessed, performance.now() - movedAt, live.nodesReady, closer)
    }
  }
  await waitFor(options.what, verdicts, ctx)
}

const verdictOf = async (
  assessed: readonly Assessed[],
  quietMs: number,
  nodesReady: boolean,
  closer: LookCloser,
): Promise<Verdict<void>> => {
  if (assessed.every(({ standing }) => standing.is === 'ready')) return { done: undefined }
  const nodes = nodesReady && isUnscheduled(assessed) ? await closer.nodes() : undefined
  const end = hopelessOf(assessed, quietMs, nodes)
  if (end) {
    const log = await closer.log(end.target, end.pod)
    const quoted = log === '' ? '' : `\nThe last lines of its log:\n${log.replaceAll(/^/gm, '  ')}`
    return { failed: `${end.line}${quoted}`, hints: end.hints }
  }
  return { waiting: await lineWithLogs(assessed, closer) }
}

const isUnscheduled = (assessed: readonly Assessed[]): boolean =>
  assessed.some(({ standing }) => standing.is === 'waiting' && standing.pods.some(({ trouble }) => trouble.unscheduled))
