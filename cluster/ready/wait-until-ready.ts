import type { Context } from '../../core/step.ts'
import { waitFor } from '../../core/wait.ts'
import type { Verdict } from '../../core/wait.ts'
import type { Kube, KubeObject, Query } from '../kube/kube.ts'
import type { Trouble } from './trouble.ts'
import { makeFirstSeen } from './first-seen.ts'
import { foreignHints, foreignProgram, foreignWords } from './foreign-program.ts'
import { logCause } from './log-signs.ts'
import { hopelessOf, type Quiet } from './hopeless.ts'
import { makePodDetails } from './pod-details.ts'
import type { PodDetails } from './pod-details.ts'
import { merged } from './merged.ts'
import { assessRelease, progressOf } from './release.ts'
import type { Assessed } from './release.ts'
import { lineWithLogs } from './report-line.ts'
import { sourcesFor } from './sources.ts'
import type { NodeStarts } from './node-starts.ts'
import type { TroubledPod } from './readiness.ts'
import { makeSteady } from './steady.ts'
import { makeStillAnswering } from './still-answering.ts'
import { watchedOf } from './targets.ts'
import type { Targets } from './targets.ts'

type ReadyOptions = {
  /** What the user gets, for a wait whose time is over. Left out where the step already says so. */
  readonly what?: string
  /** Whether all nodes of the file have joined and are Ready: before that, no node is missing for good. */
  readonly nodesReady: () => boolean
  /** Since when the nodes run, where that is known. */
  readonly starts?: NodeStarts
  /** The program of the container engine, for hints. Default docker. */
  readonly engine?: string
  /** What ends the wait, however the targets stand: they only tell why it is not so yet. */
  readonly enough?: Enough
}

type Enough = {
  readonly query: Query
  is(objects: readonly KubeObject[]): boolean
  /** What is waited for where all targets are ready. */
  readonly waiting: string
  readonly hints: readonly string[]
}

/** Restarts and schedulers are judged by time too. */
const tickMs = 1_000
/** Long enough to see a program that ends as soon as it looks at its settings. */
const proveMs = 3_000
/** What is waited for was applied a moment before, and the API tells times in seconds. */
const beforeMs = 5_000

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
  const { engine = 'docker', starts, enough } = options
  if (watched.length === 0) return
  const verdicts = async function* (signal: AbortSignal): AsyncGenerator<Verdict<void>> {
    const closer = makePodDetails(kube)
    const steady = makeSteady(closer)
    const stillAnswering = makeStillAnswering(kube)
    const firstSeen = makeFirstSeen()
    const since = Date.now() - beforeMs
    let progress = ''
    let movedAt = performance.now()
    const sources = sourcesFor(kube, watched)
    const more = enough ? [(until: AbortSignal) => kube.watch(enough.query, until)] : []
    for await (const objects of merged([...sources, ...more], tickMs, signal)) {
      if (enough?.is(objects)) yield { done: undefined }
      const live = {
        objects,
        nodesReady: options.nodesReady(),
        now: Date.now(),
        proveMs,
        since,
        engine,
        firstSeen,
        ...(starts && { starts }),
      }
      const first = assessRelease(watched, { ...live, events: [] })
      const events = await closer.events(first)
      const stood = await steady(events.length > 0 ? assessRelease(watched, { ...live, events }) : first)
      const assessed = await stillAnswering(stood, objects)
      const now = progressOf(assessed)
      if (now !== progress) movedAt = performance.now()
      progress = now
      const quiet = { here: performance.now() - movedAt, elsewhere: ctx.quietElsewhereMs?.() ?? Infinity }
      const verdict = await verdictOf(assessed, quiet, live, closer)
      yield enough === undefined ? verdict : notYet(verdict, enough)
    }
  }
  await waitFor(options.what, verdicts, ctx)
}

const notYet = (verdict: Verdict<void>, { waiting, hints }: Enough): Verdict<void> => {
  if ('done' in verdict) return { waiting, hints }
  return { ...verdict, hints: [...new Set([...(verdict.hints ?? []), ...hints])] }
}

const verdictOf = async (
  assessed: readonly Assessed[],
  quiet: Quiet,
  { nodesReady, engine }: { readonly nodesReady: boolean; readonly engine: string },
  closer: PodDetails,
): Promise<Verdict<void>> => {
  if (assessed.every(({ readiness }) => readiness.is === 'ready')) return { done: undefined }
  const nodes = nodesReady && isUnscheduled(assessed) ? await closer.nodes() : undefined
  const end = hopelessOf(assessed, quiet, nodes)
  if (end) {
    const log = await closer.log(end.target, end.pod)
    const told = logCause(log)
    const why = told === undefined || end.line.includes(told.why) ? '' : `: ${told.why}`
    return {
      failed: `${end.line}${why}${quoted(log)}`,
      hints: [...new Set([...(told?.hints ?? []), ...end.hints])],
    }
  }
  const foreign = await foreignIn(assessed, closer)
  if (foreign !== undefined) return { failed: `${foreign}: ${foreignWords}`, hints: foreignHints(engine) }
  const troubles = [...refusals(assessed), ...troubled(assessed).map(({ trouble }) => trouble)]
  const hints = troubles.flatMap((trouble) => trouble.hints ?? [])
  return {
    waiting: await lineWithLogs(assessed, closer),
    hints: [...new Set(hints)],
    ...(troubles.some(isLasting) && { lasting: true as const }),
    more: async () => {
      // What is known is from before the API went away, where it has.
      await closer.reach()
      return quoted(await closer.silent(assessed))
    },
  }
}

const quoted = (log: string): string =>
  log === '' ? '' : `\nThe last lines of its log:\n${log.replaceAll(/^/gm, '  ')}`

/** Which program the kernel cannot run: only the container's log says so, and no restart changes it. */
const foreignIn = async (assessed: readonly Assessed[], closer: PodDetails): Promise<string | undefined> => {
  for (const { target, readiness } of assessed) {
    const crash =
      readiness.is === 'waiting' ? readiness.pods.find(({ trouble }) => trouble.log !== undefined) : undefined
    // It is all that such a program ever says.
    if (crash && foreignProgram.test((await closer.log(target, crash)).split('\n').at(-1) ?? ''))
      return `${target.kind} ${target.name}: container ${crash.trouble.log} cannot start`
  }
  return undefined
}

const troubled = (assessed: readonly Assessed[]): readonly TroubledPod[] =>
  assessed.flatMap(({ readiness }) => (readiness.is === 'waiting' ? readiness.pods : []))

const refusals = (assessed: readonly Assessed[]): readonly Trouble[] =>
  assessed.flatMap(({ readiness }) => (readiness.is === 'waiting' && readiness.trouble ? [readiness.trouble] : []))

/** What more time alone does not change. */
const isLasting = ({ hopelessAfterMs, crash }: Trouble): boolean => hopelessAfterMs !== undefined || crash !== undefined

const isUnscheduled = (assessed: readonly Assessed[]): boolean =>
  troubled(assessed).some(({ trouble }) => trouble.unscheduled)
