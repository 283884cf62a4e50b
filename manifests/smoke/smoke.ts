import { setTimeout as pause } from 'node:timers/promises'
import type { SmokeConfig } from '../../core/config/config.ts'
import type { Context, Port } from '../../core/step.ts'
import { answerFault } from './fault.ts'
import type { Answer } from './request.ts'
import { connectFault } from './unreachable.ts'
import { placeOf, type Target, type Where } from './where.ts'
import { mismatch } from './mismatch.ts'

export type { Target } from './where.ts'

/** What came of one smoke test. `message` says what is at fault when it is not ok. */
export type SmokeResult = {
  readonly step: string
  /** `GET /health`, `tcp 5432`. */
  readonly name: string
  readonly url: string
  readonly ok: boolean
  /** The last HTTP status that came, if one did. */
  readonly status?: number
  readonly message?: string
  readonly ms: number
}

/** Between two tries: a service that has just become ready is seldom later than a few of these. */
const pauseMs = 250
/** A request that went to a pod on its way out is never answered: another one may be. */
const oneTryMs = 10_000

type Try = { readonly ok: boolean; readonly message?: string; readonly status?: number }

/**
 * Asks until the answer is right or the test's time is over, and then says what came last. Never throws for what the
 * service does; only a stopped run does. Names that lead to this machine are connected to directly, so that a test
 * passes without the hosts file.
 */
export const runSmoke = async (smoke: SmokeConfig, target: Target, ctx: Context): Promise<SmokeResult> => {
  const started = performance.now()
  const where = placeOf(smoke, target)
  const result = (last: Try): SmokeResult => ({
    step: target.step,
    name: nameOf(smoke),
    url: where.url,
    ...last,
    ms: Math.round(performance.now() - started),
  })
  if ('problem' in where) return result({ ok: false, message: where.problem })
  const until = started + smoke.timeoutMs
  let before: Try | undefined
  for (;;) {
    ctx.signal.throwIfAborted()
    const left = Math.max(1, Math.ceil(until - performance.now()))
    const time = AbortSignal.timeout(Math.min(left, oneTryMs))
    const tried = await tryOnce(
      smoke,
      where,
      target.ports,
      AbortSignal.any([ctx.signal, time]),
      Math.min(left, oneTryMs),
    )
    ctx.signal.throwIfAborted()
    // A try that had hardly any time left says less than the one before it.
    const last: Try = before && time.aborted && left < oneTryMs ? before : tried
    if (last.ok || performance.now() + pauseMs >= until) return result(last)
    if (last.message !== before?.message) ctx.report(`${nameOf(smoke)}: ${last.message ?? ''}`)
    before = last
    await pause(pauseMs, undefined, { signal: ctx.signal }).catch(() => undefined)
  }
}

const nameOf = ({ tcp, method, path, url }: SmokeConfig): string =>
  tcp === undefined ? `${method} ${path ?? url ?? ''}` : `tcp ${tcp}`

const tryOnce = async (
  smoke: SmokeConfig,
  where: Where,
  ports: readonly Port[],
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Try> => {
  let answer: Answer
  try {
    // With it comes Node's HTTP, which takes 40 ms to load.
    const { ask, connects } = await import('./request.ts')
    if (smoke.tcp !== undefined) {
      await connects(where, signal)
      return { ok: true }
    }
    answer = await ask(smoke, where, signal)
  } catch (error) {
    return { ok: false, message: connectFault(error, where, ports, signal.aborted ? timeoutMs : undefined) }
  }
  const { status } = answer
  const fault = where.through === 'ingress' ? answerFault(answer, smoke, where) : undefined
  const wrong = mismatch(smoke, answer)
  if (wrong === undefined) return { ok: true, status }
  return { ok: false, status, message: fault ?? `The application answers, but not as it should: ${wrong}.` }
}
