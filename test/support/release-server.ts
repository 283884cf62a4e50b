import { createHash } from 'node:crypto'
import { createServer as httpServer, type RequestListener } from 'node:http'
import { createServer as httpsServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Certificates } from './api-server/self-signed.ts'

export const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

export type ReleaseServer = AsyncDisposable & {
  /** `http://127.0.0.1:PORT`, or https where there are certificates. */
  readonly base: string
  /** Offers a file beside its checksum file, which holds the right sum unless another is given. */
  readonly release: (path: string, body: Buffer, options?: { readonly sum?: string; readonly ending?: string }) => void
  readonly put: (path: string, body: string | Buffer) => void
  /** Answers a path in another way; the second argument counts the requests for it, from 0. */
  readonly instead: (path: string, answer: (...asked: [...Parameters<RequestListener>, number]) => void) => void
  /** What was asked for, with the range where there was one: `/file`, `/file bytes=5-`. */
  readonly asked: string[]
}

/** Serves files as the publishers do: with ranges, lengths and tags. */
export const releaseServer = async (certificates?: Certificates): Promise<ReleaseServer> => {
  const files = new Map<string, Buffer>()
  const others = new Map<string, Parameters<ReleaseServer['instead']>[1]>()
  const counts = new Map<string, number>()
  const asked: string[] = []
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? ''
    const range = request.headers.range
    asked.push(range === undefined ? path : `${path} ${range}`)
    const count = counts.get(path) ?? 0
    counts.set(path, count + 1)
    const other = others.get(path)
    if (other) return other(request, response, count)
    const body = files.get(path)
    if (!body) return response.writeHead(404).end('nothing here')
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    if (range !== undefined && start >= body.length)
      return response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end()
    const rest = body.subarray(start)
    const of = `bytes ${start}-${body.length - 1}/${body.length}`
    return response
      .writeHead(range === undefined ? 200 : 206, {
        'content-length': rest.length,
        etag: `"${sha256(body)}"`,
        ...(range === undefined ? {} : { 'content-range': of }),
      })
      .end(rest)
  }
  const server = certificates ? httpsServer(certificates.server, listener) : httpServer(listener)
  // A connection that is closed while it rests may be closed while the next request is on its way.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const name = (path: string): string => path.split('/').at(-1) ?? ''
  return {
    base: certificates ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    asked,
    put: (path, body) => void files.set(path, Buffer.from(body)),
    release: (path, body, { sum = sha256(body), ending = '.sha256sum' } = {}) => {
      files.set(path, body)
      files.set(path + ending, Buffer.from(`${sum}  ${name(path)}\n`))
    },
    instead: (path, answer) => void others.set(path, answer),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Proxy = AsyncDisposable & {
  /** `http://127.0.0.1:PORT` */
  readonly address: string
  /** Where tunnels were dug to: `localhost:443`. */
  readonly tunnels: string[]
}

/**
 * A proxy that digs tunnels (CONNECT), for everybody or for those who log in as `login` (`user:password`). With `to` all
 * of them end at that port of its own address, whatever name was asked for.
 */
export const connectProxy = async (
  login?: string,
  { to, at = '127.0.0.1' }: { readonly to?: number; readonly at?: string } = {},
): Promise<Proxy> => {
  const tunnels: string[] = []
  const sockets = new Set<Socket>()
  const server = httpServer((_request, response) => void response.writeHead(405).end())
  server.on('connect', (request, client: Socket) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted)
      return client.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n')
    tunnels.push(request.url ?? '')
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const upstream = connect(to ?? Number(port), to === undefined ? host : at, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.pipe(client)
      client.pipe(upstream)
    })
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, at, resolve))
  return {
    address: `http://${at}:${(server.address() as AddressInfo).port}`,
    tunnels,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
