import { createServer as createPlainServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Agent, createServer as createTlsServer, request } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Certificates } from '../api-server/self-signed.ts'
import { Refusal, statusBody } from '../api-server/refusals.ts'
import type { Access } from './control-plane.ts'

/** Sees a request before it is passed on, and may answer in the server's place (a text is that of a log), or hang up. */
export type See = (asked: {
  method: string
  path: string
  query: string
}) => Refusal | 'cut' | { text: string } | undefined

/** Passes everything on to the real API: bodies, watches, answers, byte by byte. Who is an administrator here is one there. */
export const startProxy = async (
  { port, ca, cert, key }: Access,
  see: See,
  certificates: Certificates | undefined,
  at = 0,
): Promise<{ readonly port: number; readonly cut: () => void; readonly stop: () => Promise<void> }> => {
  const [administrator, nobody] = [new Agent({ keepAlive: true, ca, cert, key }), new Agent({ keepAlive: true, ca })]
  const passOn = (asked: IncomingMessage, response: ServerResponse): void => {
    const isAdmin = !certificates || (asked.socket as TLSSocket).authorized
    const onward = request({
      host: '127.0.0.1',
      port,
      method: asked.method,
      path: asked.url,
      headers: asked.headers,
      agent: isAdmin ? administrator : nobody,
    })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      response.flushHeaders()
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    asked.pipe(onward)
  }
  const listener: RequestListener = (asked, response) => {
    const url = new URL(asked.url ?? '/', 'http://localhost')
    const seen = see({ method: asked.method ?? 'GET', path: url.pathname, query: url.search })
    if (seen === undefined) return passOn(asked, response)
    if (seen === 'cut') return void asked.socket.destroy()
    if ('text' in seen) return void response.writeHead(200, { 'content-type': 'text/plain' }).end(seen.text)
    response.writeHead(seen.code, { 'content-type': 'application/json' }).end(JSON.stringify(statusBody(seen)))
  }
  const server = certificates
    ? createTlsServer(
        { ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: false },
        listener,
      )
    : createPlainServer(listener)
  server.keepAliveTimeout = 0
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, '127.0.0.1', resolve)
  })
  const cut = (): void => sockets.forEach((socket) => socket.destroy())
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      cut()
      await closed
      administrator.destroy()
      nobody.destroy()
    },
  }
}
