import { setTimeout as pause } from 'node:timers/promises'
import { boundSignal } from '../../core/bound.ts'
import { headerNames, http, https, serverName } from '../../core/http.ts'
import type { Context, Endpoint, Port } from '../../core/step.ts'

/** Ingress controllers take a new Ingress or a new pod up within a few seconds. */
const patienceMs = 10_000
const everyMs = 250
/** Longer than any of them should take to answer one request. */
const answerMs = 3_000
/** A name that no Ingress has: what it is answered is what a controller says of everything that it does not know. */
const nobody = 'nobody.kindup.invalid'

/** `headers`: their names, in the order in which they came. */
type Answer = { readonly status: number; readonly body: string; readonly headers: string }

/**
 * Asks every http(s) endpoint until what is in front of it knows it: until then it answers 404 as it does for any name, or
 * 502 to 504 because it has heard of no pod. Warns of those that are not known in time; what an application answers is its own affair.
 */
export const awaitAnswers = async (
  endpoints: readonly Endpoint[],
  ports: readonly Port[],
  ctx: Context,
  patience: number = patienceMs,
): Promise<void> => {
  const until = performance.now() + patience
  await Promise.all(
    endpoints.map(async ({ url }) => {
      const why = await untilKnown(new URL(url), ports, until, ctx)
      if (why !== undefined)
        ctx.warn(`${url} ${why} after ${Math.round(patience / 1_000)} s: what is in front of it does not know it yet.`)
    }),
  )
}

const untilKnown = async (
  url: URL,
  ports: readonly Port[],
  until: number,
  ctx: Context,
): Promise<string | undefined> => {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  // Names need not resolve: the port is bound here, or on the engine's machine.
  const address = reached(ports.find(({ hostPort, protocol }) => hostPort === port && protocol === 'tcp')?.address)
  const ask = (host: string) => askOnce({ secure, address, port, host, path: url.pathname }, ctx.signal)
  for (let why: string | undefined; ;) {
    const [answer, other] = await Promise.all([ask(url.host), ask(nobody)])
    if (answer === undefined) why = 'does not answer'
    else if ([502, 503, 504].includes(answer.status)) why = `answers ${answer.status}`
    else if (answer.status === 404 && isSame(answer, other)) why = 'answers 404'
    else return undefined
    ctx.signal.throwIfAborted()
    if (performance.now() > until) return why
    ctx.report(`${url.origin} ${why} yet`)
    await pause(everyMs, undefined, { signal: ctx.signal }).catch(() => undefined)
  }
}

/**
 * Traefik's 404 is that of every program in Go, an application's own too: what passed through Traefik has its headers in
 * another order.
 */
const isSame = (answer: Answer, other: Answer | undefined): boolean =>
  other?.status === answer.status && other.body === answer.body && other.headers === answer.headers

const reached = (address: string | undefined): string =>
  address === undefined || /^(?:|0\.0\.0\.0|::)$/.test(address) ? '127.0.0.1' : address

const askOnce = (
  { secure, address, port, host, path }: { secure: boolean; address: string; port: number; host: string; path: string },
  signal: AbortSignal,
): Promise<Answer | undefined> =>
  new Promise((resolve) => {
    const hostname = host.replace(/:\d+$/, '')
    const sent = (secure ? https() : http()).request(
      {
        host: address,
        port,
        path,
        agent: false,
        headers: { host, 'user-agent': 'kindup' },
        signal: AbortSignal.any([boundSignal(signal) ?? signal, AbortSignal.timeout(answerMs)]),
        // The ingress signs for itself on this machine.
        ...(secure ? { servername: serverName(hostname), rejectUnauthorized: false } : {}),
      },
      (response) => {
        let body = ''
        const headers = headerNames(response)
        response.setEncoding('utf8')
        response.on('data', (text: string) => {
          if (body.length < 10_000) body += text
        })
        response.on('error', () => resolve(undefined))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers }))
        // A stream without an end has answered too.
        response.on('close', () => resolve({ status: response.statusCode ?? 0, body, headers }))
      },
    )
    sent.on('error', () => resolve(undefined))
    sent.end()
  })
