import { connect } from 'node:net'
import type { SmokeConfig } from '../../config/config.ts'
import { boundSignal } from '../../core/bound.ts'
import { bodyOf, headerNames, http, https, serverName, socketHost } from '../../core/http.ts'
import { contentType } from './content-type.ts'
import type { Where } from './where.ts'

/** `headers`: their names in small letters, in the order in which they came. */
export type Answer = {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers: string
}

/** Sends one request to where the test goes, whatever the name would resolve to; follows no redirect. */
export const ask = (smoke: SmokeConfig, where: Where, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const url = new URL(where.url)
    const request = (where.secure ? https() : http()).request(
      {
        host: where.address ?? socketHost(where.hostname),
        port: where.port,
        method: smoke.method,
        path: `${url.pathname}${url.search}`,
        signal: boundSignal(signal),
        agent: false,
        headers: {
          host: where.host,
          ...(smoke.body === undefined ? {} : { 'content-length': Buffer.byteLength(smoke.body) }),
          ...contentType(smoke),
          ...smoke.headers,
        },
        // An ingress without an authority signs for itself on this machine; elsewhere certificates count.
        ...(where.secure
          ? {
              servername: serverName(where.hostname),
              rejectUnauthorized: where.address === undefined || where.authority !== undefined,
              ...(where.authority === undefined ? {} : { ca: where.authority }),
            }
          : {}),
      },
      (response) => {
        const { statusCode: status = 0, headers } = response
        bodyOf(response).then(
          (body) =>
            resolve({
              status,
              type: headers['content-type'] ?? '',
              body,
              headers: headerNames(response).toLowerCase(),
            }),
          reject,
        )
      },
    )
    request.on('error', reject)
    request.end(smoke.body)
  })

/** Opens a connection and keeps it for a moment: a published port accepts before anything listens behind it. */
export const connects = (where: Where, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({
      host: where.address ?? socketHost(where.hostname),
      port: where.port,
      signal: boundSignal(signal),
    })
    let settled: NodeJS.Timeout | undefined
    const ended = (error: Error) => {
      clearTimeout(settled)
      socket.destroy()
      reject(error)
    }
    socket.on('error', ended)
    socket.on('close', () => ended(Object.assign(new Error('closed at once'), { code: 'ECONNRESET' })))
    const done = () => {
      clearTimeout(settled)
      socket.removeAllListeners('close')
      socket.destroy()
      resolve()
    }
    // A server that speaks first is there for certain.
    socket.on('data', done)
    socket.on('connect', () => (settled = setTimeout(done, 150)))
  })
