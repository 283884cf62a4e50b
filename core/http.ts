import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import process from 'node:process'

// An `import` of them reads each of their exports, `WebSocket` among them, which loads a second HTTP library: 50 ms for
// nothing, in every command.

/** `node:http`, loaded when it is wanted. */
export const http = () => process.getBuiltinModule('node:http')

/** `node:https`, loaded when it is wanted. */
export const https = () => process.getBuiltinModule('node:https')

/** What a URL calls `hostname`, as sockets want it: an IPv6 address stands in brackets there. */
export const socketHost = (hostname: string): string => hostname.replaceAll(/^\[|\]$/g, '')

/** The name that a certificate is asked for by; none for an address, for which RFC 6066 has none and Node throws. */
export const serverName = (hostname: string): string => (isIP(socketHost(hostname)) === 0 ? hostname : '')

/** The names of an answer's headers, as they came and in that order: it tells servers apart that say the same. */
export const headerNames = (response: IncomingMessage): string =>
  response.rawHeaders.filter((_text, index) => index % 2 === 0).join(' ')

/** In bytes. Nobody needs more of a body to see what is wrong, and an endless one must not fill the memory. */
const bodyLimit = 1024 * 1024

/** The body of an answer as text, once all of it has come; what is beyond a mebibyte is dropped. Rejects where it is broken off. */
export const bodyOf = (response: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      if (size < bodyLimit) chunks.push(chunk)
      size += chunk.length
    })
    response.on('error', reject)
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  })
