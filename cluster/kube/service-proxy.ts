import { bodyOf, http, https, serverName } from '../../core/http.ts'
import { boundSignal, waiting } from '../../core/bound.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Access } from './access.ts'
import { unreachable } from './api-errors.ts'
import type { ServiceAnswer, ServiceRequest } from './kube.ts'

/**
 * Sends one request through the API server's proxy, once. It passes everything on but the header `authorization`,
 * which it keeps for itself. Throws `api-unreachable`, or what `signal` throws.
 */
export const askThroughProxy = async (
  { server, connection }: Access,
  request: ServiceRequest,
  given: AbortSignal,
): Promise<ServiceAnswer> => {
  // A connection of its own: an answer that is slow holds up nobody else's calls.
  const { agent, headers } = await connection('watch')
  const signal = boundSignal(given) ?? given
  const { namespace, service, port, secure, body } = request
  const prefix = `${server.pathname.replace(/\/$/, '')}/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${secure ? 'https' : 'http'}:${encodeURIComponent(service)}:${port}/proxy`
  const answer = new Promise<ServiceAnswer>((resolve, reject) => {
    const { request: start } = server.protocol === 'https:' ? https() : http()
    const sent = start(
      new URL(server.origin),
      {
        agent,
        signal,
        // Node would take it from the header `host`, which is the application's.
        servername: serverName(server.hostname),
        method: request.method,
        path: prefix + escaped(request.path),
        headers: {
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          ...request.headers,
          ...headers,
        },
      },
      (response) => {
        const { statusCode: status = 0, headers: got } = response
        const type = got['content-type'] ?? ''
        const answerOf = (text: string): ServiceAnswer => {
          const unanswered = refusalOf(status, text)
          if (unanswered !== undefined) return { unanswered }
          // The proxy leads the links of a page through itself: the application did not write that.
          return { status, type, body: /^text\/html\b/.test(type) ? text.replaceAll(prefix, '') : text }
        }
        bodyOf(response).then(answerOf).then(resolve, reject)
      },
    )
    sent.on('error', (error) => reject(signal.aborted ? error : unreachable(server, error)))
    sent.end(body)
  })
  return waiting(`the API at ${server.origin} has not answered (ask Service ${namespace}/${service})`, () => answer)
}

/** Node refuses blanks, and would send other letters as bytes of Latin-1. What is escaped already stays. */
const escaped = (path: string): string => path.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent)

/** What the API server says itself: a Status of the same code as the answer. */
const refusalOf = (status: number, text: string): string | undefined => {
  if (status < 400 || !text.startsWith('{')) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isRecord(parsed) || parsed['kind'] !== 'Status' || parsed['apiVersion'] !== 'v1') return undefined
    const { code, message } = parsed
    return code === status ? (typeof message === 'string' ? message : `it answered ${status}`) : undefined
  } catch {
    return undefined
  }
}
