import { connect } from 'node:net'
import { http, https, serverName, socketHost } from '../../core/http.ts'
import { messageOf, systemCode } from '../../core/errors.ts'
import type { Endpoint } from '../../core/step.ts'
import type { TriedEndpoint } from './board.ts'

/** Who does not answer in this time makes people wait. */
const patienceMs = 3_000

/** Asks an endpoint once: any answer but one of a server that fails counts, and so does a port that takes a connection. */
export const tryEndpoint = async ({ name, url }: Endpoint, signal: AbortSignal): Promise<TriedEndpoint> => {
  const until = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  try {
    const parsed = new URL(url)
    if (!/^https?:$/.test(parsed.protocol)) {
      await accepts(parsed, until)
      return { name, url, answers: true, said: 'accepts connections' }
    }
    const status = await statusOf(parsed, until)
    return { name, url, answers: status < 500, said: String(status) }
  } catch (error) {
    signal.throwIfAborted()
    return { name, url, answers: false, said: whyNot(error, until.aborted) }
  }
}

/** Browsers know that these are this machine; resolvers may not. */
const addressOf = ({ hostname }: URL): string =>
  /(?:^|\.)localhost$/.test(hostname) ? '127.0.0.1' : socketHost(hostname)

const statusOf = (url: URL, signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:'
    const request = (isSecure ? https() : http()).request(
      {
        host: addressOf(url),
        port: url.port || (isSecure ? 443 : 80),
        path: `${url.pathname}${url.search}`,
        headers: { host: url.host, 'user-agent': 'kindup' },
        agent: false,
        signal,
        // Whether it is there is asked, not whether it is trusted.
        ...(isSecure && { servername: serverName(url.hostname), rejectUnauthorized: false }),
      },
      (response) => {
        response.destroy()
        resolve(response.statusCode ?? 0)
      },
    )
    request.on('error', reject)
    request.end()
  })

const accepts = (url: URL, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: addressOf(url), port: Number(url.port), signal })
    socket.once('error', reject).once('connect', () => {
      socket.destroy()
      resolve()
    })
  })

const whyNot = (error: unknown, isLate: boolean): string => {
  if (isLate) return `no answer within ${patienceMs / 1000} s`
  switch (systemCode(error)) {
    case 'ECONNREFUSED':
      return 'nothing listens'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name leads nowhere'
    case 'ECONNRESET':
      return 'the connection was cut'
    default:
      return messageOf(error)
  }
}
