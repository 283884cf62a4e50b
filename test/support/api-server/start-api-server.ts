import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { realApi, startRealApi } from '../real-api/start-real-api.ts'
import { runControllers } from './controllers/run-controllers.ts'
import { makeWorld } from './controllers/world.ts'
import type { Behaviour, Controller } from './controllers/world.ts'
import { discover } from './discovery.ts'
import { handle, targetOf } from './handle.ts'
import { kubeconfigText } from './kubeconfig.ts'
import { logOf } from './logs.ts'
import { notFound, Refusal, statusBody, unknownPath } from './refusals.ts'
import { fromProtobuf } from './protobuf.ts'
import { passOn } from './service-proxy.ts'
import type { Endpoints } from './service-proxy.ts'
import { selfSigned } from './self-signed.ts'
import { seed } from './seed.ts'
import type { NodeSeed } from './seed.ts'
import { makeState } from './state.ts'
import type { State } from './state.ts'
import { makeStore } from './store.ts'
import { streamWatch } from './watch.ts'
import { makeWrites } from './writes.ts'

export type ApiServerOptions = {
  /** Of the context, the cluster and the user. Default `kind-test`. */
  readonly context?: string
  /** With certificates, as a real one. Default true. */
  readonly tls?: boolean
  /** Callers must bring it. */
  readonly token?: string
  readonly port?: number
  /** Default: one control plane without taints. */
  readonly nodes?: readonly NodeSeed[]
  /** What becomes of workloads, by name. Default: ready in the next turns. */
  readonly behaviours?: Readonly<Record<string, Behaviour>>
  /** What containers say, by the beginning of the pod's name. */
  readonly logs?: Readonly<Record<string, string>>
  /** What listens behind Services, for what is asked through the server's proxy. */
  readonly endpoints?: Endpoints
  /** What else acts in it: controllers of custom kinds. */
  readonly controllers?: readonly Controller[]
  /** Default `v1.36.2`. */
  readonly version?: string
}

export type ApiServer = AsyncDisposable & {
  readonly url: string
  /** With its `v`. */
  readonly version: string
  /** The text of a kubeconfig with the one context. */
  readonly kubeconfig: string
  readonly state: State
  readonly stop: () => Promise<void>
}

/** Whether tests run against a real one: `npm run test:api`. What only the stand-in can do is skipped then. */
export const isRealApi = realApi() !== undefined

/** Starts an API that speaks the real protocol on 127.0.0.1, its state in memory, with controllers that make workloads ready. */
export const startApiServer = async (options: ApiServerOptions = {}): Promise<ApiServer> => {
  const real = realApi()
  if (real) return startRealApi(real, options)
  const { context = 'kind-test', tls = true, token, version = 'v1.36.2' } = options
  const store = makeStore()
  const writes = makeWrites(store)
  const state = makeState(store, writes, options.behaviours ?? {}, () => controllers.wake())
  seed(store, writes, options.nodes ?? [{ name: `${context.replace(/^kind-/, '')}-control-plane` }])
  const controllers = runControllers(store, makeWorld(store, writes, state.behaviour), options.controllers)
  const certificates = tls ? selfSigned() : undefined

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname.replace(/(?<=.)\/$/, '')
    const asked = {
      method: request.method ?? 'GET',
      query: url.searchParams,
      contentType: request.headers['content-type'] ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      body: await bodyOf(request),
    }
    state.note({ method: asked.method, path, query: url.search })
    const intercepted = state.interception({ method: asked.method, path, query: url.search })
    if (intercepted === 'cut') return void request.socket.destroy()
    if (intercepted) throw intercepted
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      throw new Refusal(401, 'Unauthorized', 'Unauthorized')
    if (path === '/version')
      return send(response, 200, {
        major: '1',
        minor: version.split('.')[1],
        gitVersion: version,
        platform: 'linux/amd64',
      })
    if (['/healthz', '/readyz', '/livez'].includes(path)) return void response.end('ok')
    const page = asked.method === 'GET' ? discover(path, store.kinds(), request.headers.host ?? '') : undefined
    if (page) return send(response, 200, page)
    const { headers } = request
    if (await passOn(url, { ...asked, headers }, options.endpoints ?? {}, response)) return
    const target = targetOf(path, store.kinds())
    if (!target) throw unknownPath()
    const { kind, namespace, name, subresource } = target
    if (kind.kind === 'Pod' && subresource === 'log') {
      if (!store.get(kind, namespace, name ?? '')) throw notFound(kind, name ?? '')
      return void response
        .writeHead(200, { 'content-type': 'text/plain' })
        .end(logOf(options.logs, name, url.searchParams))
    }
    if (subresource !== undefined && !(subresource === 'status' && kind.hasStatus)) throw unknownPath()
    if (asked.method === 'GET' && ['true', '1'].includes(url.searchParams.get('watch') ?? ''))
      return streamWatch(store, kind, namespace, url.searchParams, response)
    const { code, body } = handle(store, writes, target, asked)
    send(response, code, body)
  }
  const listener: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error))
      send(response, refusal.code, statusBody(refusal))
    })
  }
  const server = certificates
    ? createTlsServer(
        { ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: token === undefined },
        listener,
      )
    : createServer(listener)
  // A connection that is closed while it rests may be closed while the next request is on its way.
  server.keepAliveTimeout = 0
  // The server's own list lacks those that are still shaking hands.
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const cutConnections = (): void => sockets.forEach((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const login = certificates && { ca: certificates.ca, ...(token === undefined && certificates.client) }
  const stop = async (): Promise<void> => {
    controllers.stop()
    const closed = new Promise((resolve) => server.close(resolve))
    cutConnections()
    await closed
  }
  return {
    url,
    version,
    kubeconfig: kubeconfigText({ url, context, ...login, ...(token !== undefined && { token }) }),
    state: { ...state, cutConnections },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const send = (response: ServerResponse, code: number, body: object): void =>
  void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  return request.headers['content-type']?.includes('protobuf') ? fromProtobuf(bytes) : bytes.toString('utf8')
}
