import { createReadStream, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sha256 } from '../release-server.ts'

/** Bytes, or a file that holds them. */
export type Body = Buffer | string

/** What is asked of one host. */
export type Asked = {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
}

export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
}

/** A host of a publisher: undefined where it has nothing there. */
export type Site = (asked: Asked) => Answer | undefined

export const sendOn = (to: string, status = 302): Answer => ({ status, headers: { location: to } })

export const file = (body: Body, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers,
  body,
})

export const text = (body: string, type = 'text/plain'): Answer => file(Buffer.from(body), { 'content-type': type })

const sizeOf = (body: Body): number => (typeof body === 'string' ? statSync(body).size : body.length)

/**
 * Sends an answer as file servers do: with length and tag, from the byte on that is asked for, and nothing but headers
 * for HEAD. `cutAt`: the connection breaks after so many bytes of the body. Answers how many were sent.
 */
export const send = (
  answer: Answer,
  { method, headers: asked }: Asked,
  response: ServerResponse,
  cutAt?: number,
): number => {
  const { status, headers = {}, body } = answer
  if (body === undefined || status !== 200) {
    response.writeHead(status, { 'content-length': body === undefined ? 0 : sizeOf(body), ...headers })
    response.end(typeof body === 'string' ? undefined : body)
    return 0
  }
  const size = sizeOf(body)
  const tag = `"${typeof body === 'string' ? `${size}` : sha256(body).slice(0, 16)}"`
  const start = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? 0)
  const isRange = asked.range !== undefined && (asked['if-range'] ?? tag) === tag
  if (isRange && start >= size) {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
    return 0
  }
  const from = isRange ? start : 0
  response.writeHead(isRange ? 206 : 200, {
    'content-length': size - from,
    'accept-ranges': 'bytes',
    etag: tag,
    ...(isRange ? { 'content-range': `bytes ${from}-${size - 1}/${size}` } : {}),
    ...headers,
  })
  if (method === 'HEAD') {
    response.end()
    return 0
  }
  const end = cutAt === undefined ? size : Math.min(size, from + cutAt)
  if (typeof body === 'string') {
    const stream = createReadStream(body, { start: from, end: end - 1 })
    stream.pipe(response, { end: end === size })
    if (end < size) stream.on('end', () => response.destroy())
  } else if (end < size) response.write(body.subarray(from, end), () => response.destroy())
  else response.end(body.subarray(from))
  return end - from
}
