import { request as requestHttp } from 'node:http'
import type { ServerResponse } from 'node:http'
import { Refusal } from './refusals.ts'

/** What listens behind ports of Services: `dev/web:80` → a port of this machine. */
export type Endpoints = Readonly<Record<string, number>>

type Asked = {
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

const proxied = /^\/api\/v1\/namespaces\/([^/]+)\/services\/(https?):([^/:]+):([^/]+)\/proxy(\/.*)?$/

/**
 * Passes a request on as a real server does: `authorization` is kept, links of pages are led through it, and its own
 * refusals have its words. False where the path is none of a Service's.
 */
export const passOn = async (
  url: URL,
  asked: Asked,
  endpoints: Endpoints,
  response: ServerResponse,
): Promise<boolean> => {
  const [whole, namespace, scheme, service, port, path = '/'] = proxied.exec(url.pathname) ?? []
  if (whole === undefined) return false
  const known = Object.keys(endpoints).filter((key) => key.startsWith(`${namespace}/${service}:`))
  if (known.length === 0) throw unavailable(`no endpoints available for service "${service}"`)
  const listening = endpoints[`${namespace}/${service}:${port}`]
  if (listening === undefined) throw unavailable(`no service port ${port} found for service "${service}"`)
  if (scheme === 'https')
    throw unavailable('error trying to reach service: tls: first record does not look like a TLS handshake')
  const { authorization: _kept, ...headers } = asked.headers
  await new Promise<void>((resolve, reject) => {
    const sent = requestHttp(
      { host: '127.0.0.1', port: listening, method: asked.method, path: `${path}${url.search}`, headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const { 'content-length': _length, ...rest } = answer.headers
          const prefix = url.pathname.slice(0, url.pathname.indexOf('/proxy') + '/proxy'.length)
          const text = Buffer.concat(chunks).toString('utf8')
          const isPage = answer.headers['content-type']?.startsWith('text/html') ?? false
          response
            .writeHead(answer.statusCode ?? 0, rest)
            .end(isPage ? text.replaceAll('href="/', `href="${prefix}/`) : text)
          resolve()
        })
      },
    )
    // Who asked may have gone, as after a time-out.
    response.on('close', () => sent.destroy())
    sent.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        unavailable(
          error.code === 'ECONNREFUSED'
            ? `error trying to reach service: dial tcp 10.244.0.5:${listening}: connect: connection refused`
            : `error trying to reach service: EOF`,
        ),
      ),
    )
    sent.end(asked.body)
  })
  return true
}

const unavailable = (message: string): Refusal => new Refusal(503, 'ServiceUnavailable', message)
