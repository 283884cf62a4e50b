import type { IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { bindTo, boundSignal, waiting } from '../../core/bound.ts'
import { KindupError, stopReason, systemCode } from '../../core/errors.ts'
import { http, https } from '../../core/http.ts'
import type { Access, Connection } from './access.ts'
import { isStoreAway, mayPass, refusal, unreachable } from './api-errors.ts'

type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the server, each part escaped. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  /** Of the body. Default `application/json`. */
  readonly type?: string
  /** In which form the answer is to come. Default `application/json`. */
  readonly accept?: string
  /** For errors: completes "the API refused to". */
  readonly doing: string
  /** Statuses beyond 2xx that are answers and not failures. */
  readonly okStatuses?: readonly number[]
  /** Of `lines`: what is said whenever somebody says something, such as a log. It may rest, and its last line counts without an end. */
  readonly isSpeech?: true
}

type Answer = { readonly status: number; readonly text: string }

export type Rest = {
  /** One call, tried again while what fails may pass: for 1.5 s, or 15 s while the server says that it is starting. */
  ask(call: Call): Promise<Answer>
  /** A call whose answer never ends: the lines of it, as many at a time as came together. One try. */
  lines(call: Call, signal: AbortSignal): AsyncIterable<readonly string[]>
}

const patienceMs = 1_500
const startMs = 15_000
/** Watches are ended by the server well before (`timeoutSeconds`); a silence as long as this means that nobody is there. */
const quietMs = { call: 30_000, watch: 90_000 } as const

/** Calls of one API server over connections that are kept. Throws EnvironmentError, or the stop reason of `signal`. */
export const makeRest = (access: Access, own: AbortSignal | undefined): Rest => ({
  ask: (call) => (own ? bindTo(own, () => ask(access, call)) : ask(access, call)),
  async *lines(call, given) {
    const until = boundSignal(given) ?? given
    try {
      const response = await bindTo(until, () => waiting(unanswered(access, call), () => openWatch(access, call)))
      const status = response.statusCode ?? 0
      if (status !== 200) {
        const text = await textOf(response)
        const starting = status === 403 && (await bindTo(until, () => isStarting(access)))
        throw starting
          ? unreachable(access.server, new Error('it has not started yet'))
          : refusal(status, text, call.doing)
      }
      response.setEncoding('utf8')
      let rest = ''
      for await (const chunk of response as AsyncIterable<string>) {
        const all = (rest + chunk).split('\n')
        rest = all.pop() ?? ''
        if (all.length > 0) yield all
      }
      if (call.isSpeech && rest !== '') yield [rest]
    } catch (error) {
      if (until.aborted) return
      if (error instanceof KindupError) throw error
      throw unreachable(access.server, error instanceof ConnectionError ? error.cause : error)
    }
  },
})

const ask = async (access: Access, call: Call): Promise<Answer> => {
  const signal = boundSignal()
  const begun = performance.now()
  let refused = 0
  let hasRenewed = false
  for (let tries = 0; ; tries += 1) {
    const [answer, cut, connection] = await once(access, call)
    if (signal?.aborted) throw stopReason(signal)
    if (answer?.status === 401 && !hasRenewed && connection?.refused()) {
      hasRenewed = true
      continue
    }
    if (answer && (answer.status < 300 || call.okStatuses?.includes(answer.status))) return answer
    const starting = answer?.status === 403 ? await isStarting(access) : false
    const wait = Math.min(100 * 2 ** tries, 400)
    const late = performance.now() - begun + wait > (starting ? startMs : patienceMs)
    if (cut && (late || !mayTryAgain(call, cut))) throw unreachable(access.server, cut.cause)
    if (answer && starting && late) throw unreachable(access.server, new Error('it has not started yet'))
    if (answer?.status === 403 && !starting) refused += 1
    // The first may be from the moment before the server was ready.
    const again = starting || (answer?.status === 403 && refused === 1)
    if (answer && !again && (late || !passes(answer, call))) throw refusal(answer.status, answer.text, call.doing)
    await pause(wait, undefined, signal && { signal }).catch(() => undefined)
    if (signal?.aborted) throw stopReason(signal)
  }
}

const once = async (
  access: Access,
  call: Call,
): Promise<readonly [Answer, undefined, Connection] | readonly [undefined, ConnectionError | undefined]> => {
  try {
    return await waiting(unanswered(access, call), async () => {
      const { response, connection } = await open(access, call, 'call')
      return [{ status: response.statusCode ?? 0, text: await textOf(response) }, undefined, connection] as const
    })
  } catch (error) {
    if (boundSignal()?.aborted) return [undefined, undefined]
    if (!(error instanceof ConnectionError)) throw error
    return [undefined, error]
  }
}

/** A server that has just started has not read who may do what, and for some seconds refuses its own administrator. */
const isStarting = async (access: Access): Promise<boolean> => {
  const [answer] = await once(access, { method: 'GET', path: '/readyz', doing: 'tell whether it is ready' })
  return answer?.status !== 200
}

/**
 * Overload, an API behind the aggregator that is not up: nothing was done. A store whose leader changes may have done it
 * and not know yet: only what may be done twice is tried again.
 */
const passes = ({ status, text }: Answer, { method }: Call): boolean =>
  status === 429 || status === 503 || (method !== 'POST' && status === 500 && isStoreAway(text))

/** What was cut in the middle may have been done: only what may be done twice is tried again. */
const mayTryAgain = (call: Call, error: ConnectionError): boolean =>
  mayPass(error.cause) && (systemCode(error.cause) === 'ECONNREFUSED' || call.method !== 'POST')

/** No answer at all, or half of one. */
class ConnectionError extends Error {
  constructor(cause: unknown) {
    super('no answer', { cause })
  }
}

const open = async (
  { server, connection }: Access,
  call: Call,
  use: 'call' | 'watch',
): Promise<{ readonly response: IncomingMessage; readonly connection: Connection }> => {
  const made = await connection(use)
  const signal = boundSignal()
  const { agent, headers } = made
  const url = new URL(server.pathname.replace(/\/$/, '') + call.path, server)
  for (const [key, value] of Object.entries(call.query ?? {})) if (value !== undefined) url.searchParams.set(key, value)
  const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body))
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https() : http()
    const sent = request(url, {
      agent,
      method: call.method,
      ...(signal && { signal }),
      headers: {
        accept: call.accept ?? 'application/json',
        'user-agent': 'kindup',
        ...(body && { 'content-type': call.type ?? 'application/json', 'content-length': body.length }),
        ...headers,
      },
    })
    sent.setTimeout(call.isSpeech ? 0 : quietMs[use], () =>
      sent.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    )
    sent.on('response', resolve)
    sent.on('error', (error) => reject(new ConnectionError(error)))
    sent.end(body)
  })
  return { response, connection: made }
}

/** What a login program gave may be known no longer: it is asked once more. */
const openWatch = async (access: Access, call: Call): Promise<IncomingMessage> => {
  const { response, connection } = await open(access, call, 'watch')
  if (response.statusCode !== 401 || !connection.refused()) return response
  response.resume()
  return (await open(access, call, 'watch')).response
}

/** Of a call that is waited for. */
const unanswered = ({ server }: Access, { doing }: Call): string =>
  `the API at ${server.origin} has not answered (${doing})`

const textOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  } catch (error) {
    throw new ConnectionError(error)
  }
  return Buffer.concat(chunks).toString('utf8')
}
