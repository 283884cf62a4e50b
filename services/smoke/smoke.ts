import { setTimeout as pause } from 'node:timers/promises'
import type { SmokeConfig } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { waiting } from '../../core/bound.ts'
import type { Context } from '../../core/step.ts'
import type { Answer } from './request.ts'
import { serviceUrl, tryService, type Inside } from './service.ts'
import { beginningOf, type Try } from './try.ts'
import { connectFault } from './unreachable.ts'
import { placeOf, type Target as Outside, type Where } from './where.ts'
import { mismatch } from './mismatch.ts'

/** What a smoke test is aimed at, from this machine or inside the cluster. */
export type Target = Outside & { readonly inside?: Inside }

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
  /** The beginning of the last answer. */
  readonly body?: string
  readonly ms: number
}

type Request = Pick<typeof import('./request.ts'), 'ask' | 'connects'>

/** Between two tries: a service that has just become ready is seldom later than a few of these. */
const pauseMs = 250
/** A request that went to a pod on its way out is never answered: another one may be. */
const oneTryMs = 10_000

/**
 * Asks until the answer is right or the test's time is over, and then says what came last. Never throws for what the
 * service does; only a stopped run does. Names that lead to this machine are connected to directly, so that a test
 * passes without the hosts file.
 */
export const runSmoke = async (smoke: SmokeConfig, target: Target, ctx: Context): Promise<SmokeResult> => {
  // With it comes Node's HTTP, which takes 40 ms to load: that is not the application's time.
  const { ask, connects } = await import('./request.ts')
  const started = performance.now()
  const { url, attempt } = aimed(smoke, target, { ask, connects })
  const result = (last: Try): SmokeResult => ({
    step: target.step,
    name: nameOf(smoke),
    url,
    ...last,
    ms: Math.round(performance.now() - started),
  })
  if (typeof attempt === 'string') return result({ ok: false, message: attempt })
  const until = started + smoke.timeoutMs
  let before: Try | undefined
  for (;;) {
    ctx.signal.throwIfAborted()
    const left = Math.max(1, Math.ceil(until - performance.now()))
    const time = AbortSignal.timeout(Math.min(left, oneTryMs))
    const once = (): Promise<Try> => attempt(AbortSignal.any([ctx.signal, time]), Math.min(left, oneTryMs), ctx.signal)
    const tried = await waiting(`${url} has not answered`, once)
    ctx.signal.throwIfAborted()
    // A try that had hardly any time left says less than the one before it.
    const last: Try = before && time.aborted && left < oneTryMs ? before : tried
    if (last.ok || performance.now() + pauseMs >= until) return result(last)
    if (last.message !== before?.message) ctx.report(`${nameOf(smoke)}: ${last.message ?? ''}`)
    before = last
    await pause(pauseMs, undefined, { signal: ctx.signal }).catch(() => undefined)
  }
}

const nameOf = ({ tcp, service, method, path, url }: SmokeConfig): string => {
  if (tcp !== undefined) return `tcp ${tcp}`
  return path === undefined && service !== undefined ? `service ${service}` : `${method} ${path ?? url ?? ''}`
}

/** Where a test goes, and how to ask there once; or why it can go nowhere. */
const aimed = (
  smoke: SmokeConfig,
  { inside, ...target }: Target,
  request: Request,
): {
  readonly url: string
  readonly attempt: string | ((signal: AbortSignal, timeoutMs: number, stop: AbortSignal) => Promise<Try>)
} => {
  if (smoke.service !== undefined) {
    if (!inside) throw new Error(`nobody leads ${target.step} into the cluster`)
    const url = serviceUrl(smoke, inside.namespace)
    return { url, attempt: (_signal, timeoutMs, stop) => tryInside(smoke, inside, stop, timeoutMs) }
  }
  const where = placeOf(smoke, target)
  return {
    url: where.url,
    attempt:
      'problem' in where
        ? where.problem
        : (signal, timeoutMs) => tryOnce(smoke, where, { ...target, ...request }, signal, timeoutMs),
  }
}

/** A refusal by the API or the engine is why the test failed; a defect is thrown. */
const tryInside = (smoke: SmokeConfig, inside: Inside, stop: AbortSignal, timeoutMs: number): Promise<Try> =>
  tryService(smoke, inside, stop, timeoutMs).catch((error: unknown): Try => {
    if (!(error instanceof EnvironmentError)) throw error
    return { ok: false, message: error.message }
  })

const tryOnce = async (
  smoke: SmokeConfig,
  where: Where,
  { ports, ask, connects }: Pick<Target, 'ports'> & Request,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Try> => {
  let answer: Answer
  try {
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
  const body = beginningOf(answer.body)
  if (wrong === undefined) return { ok: true, status, body }
  return { ok: false, status, body, message: fault ?? `The application answers, but not as it should: ${wrong}.` }
}

/** Who is at fault for an answer that the ingress gave itself, or undefined when the application gave it. */
const answerFault = (answer: Answer, { path = '/' }: SmokeConfig, where: Where): string | undefined => {
  if (!isOwn(answer)) return undefined
  const { status } = answer
  switch (status) {
    case 404:
      return `The Ingress is at fault: it has no rule for ${where.hostname}${path} (404 of its default backend).`
    case 503:
      return `The Service is at fault: the Ingress has a rule for ${where.hostname}, but no endpoint behind it (503). No pod is ready, or its selector or port matches none.`
    case 502:
      return `The Service is at fault: its pods do not accept connections at its target port (502 of the Ingress).`
    case 504:
      return `The application is at fault: its pod accepts connections and does not answer in time (504 of the Ingress).`
    default:
      return undefined
  }
}

/**
 * The controller's own pages: nginx signs them without a version, which an nginx of the application's does not unless told;
 * of Traefik's 404, which is that of any program in Go, the order of the headers tells that nothing passed it on.
 */
const isOwn = ({ status, body, headers }: Answer): boolean =>
  /<hr><center>(nginx|openresty)<\/center>/.test(body) ||
  body.trim() === 'default backend - 404' ||
  (status === 404 && body === '404 page not found\n' && /x-content-type-options .*date/.test(headers)) ||
  (status === 503 && body.trim() === 'no available server')
