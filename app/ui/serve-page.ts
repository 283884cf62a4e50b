import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { EnvironmentError, KindupError, messageOf, systemCode } from '../../core/errors.ts'
import { textAt } from '../../core/fields.ts'
import { bodyOf, http } from '../../core/http.ts'
import { documentOf, policyOfPage } from '../page/document.ts'
import { isFromHere } from './is-from-here.ts'
import type { Sight } from './see.ts'

/** What is served on this machine alone, to those who know its address. */
export type Served = {
  /** With what nobody can guess: whoever has it may look. */
  readonly url: string
  /** Leads there once: arguments of a browser can be read by everybody on this machine. */
  readonly once: () => string
  close(): Promise<void>
}

type Options = {
  /** 0: any free one. */
  readonly port: number
  readonly see: () => Promise<Sight>
}

/** Serves the page on 127.0.0.1. Throws `port-taken`. */
export const servePage = async ({ port, see }: Options): Promise<Served> => {
  const token = randomBytes(24).toString('base64url')
  const once = new Set<string>()
  let last: Sight | undefined
  const sight = async (): Promise<Sight> => (last = await see())

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request
    if (!isFromHere(request.headers, request.socket.localPort))
      return send(response, 403, 'This page is for browsers of this machine.')
    const [, word = '', rest = ''] = /^\/([^/?]*)\/?([^?]*)/.exec(url) ?? []
    if (method === 'GET' && word === 'once' && once.delete(rest))
      return send(response, 303, '', { location: `/${token}/` })
    if (!isSame(word, token))
      return send(response, 404, 'There is nothing here: the whole address is in the terminal of `kindup ui`.')
    // What is asked for in it is relative to it.
    if (method === 'GET' && rest === '' && !url.startsWith(`/${token}/`))
      return send(response, 303, '', { location: `/${token}/` })
    if (method === 'GET' && (rest === '' || rest === 'page'))
      return send(response, 200, documentOf((await sight()).page, { live: true }), {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `${policyOfPage(true)}; frame-ancestors 'none'`,
      })
    if (method === 'POST' && rest === 'credentials') {
      const key = keyIn(await bodyOf(request))
      const password = key === undefined ? undefined : (last ?? (await sight())).passwords.get(key)
      return password === undefined
        ? send(response, 404, 'There is no such login.')
        : send(response, 200, JSON.stringify({ password }), { 'content-type': 'application/json' })
    }
    return send(response, ['GET', 'POST'].includes(method) ? 404 : 405, 'There is nothing here.')
  }

  const server = http().createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Of a defect the page shows the sentence, too: the next look may go well.
      const isForeseen = error instanceof KindupError
      send(response, isForeseen ? 503 : 500, isForeseen ? error.message : `A defect in kindup: ${messageOf(error)}`)
    })
  })
  await listening(server, port)
  const origin = `http://127.0.0.1:${portOf(server)}`
  return {
    url: `${origin}/${token}/`,
    once: () => {
      const word = randomBytes(24).toString('base64url')
      once.add(word)
      return `${origin}/once/${word}`
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

const isSame = (given: string, token: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const keyIn = (body: string): string | undefined => {
  try {
    return textAt(JSON.parse(body), 'key')
  } catch {
    return undefined
  }
}

const send = (
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void => {
  if (response.headersSent) return void response.end()
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...headers,
  })
  response.end(body)
}

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new EnvironmentError(
          'port-taken',
          systemCode(error) === 'EADDRINUSE'
            ? `Port ${port} of 127.0.0.1 is taken by another program.`
            : `Port ${port} of 127.0.0.1 cannot be listened on: ${error.message}.`,
          { hints: ['Without --port any free one is taken.'], cause: error },
        ),
      ),
    )
    server.listen(port, '127.0.0.1', () => resolve())
  })
