import { Agent as HttpAgent } from 'node:http'
import type { RequestOptions } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { http, https } from '../../core/http.ts'
import type { KubeconfigContext } from './kubeconfig-context.ts'

/** Watches hold their connection, calls share a few: a burst of them must not cost as many TLS handshakes. */
export type Use = 'call' | 'watch'

/**
 * The connections of one context, for what the library says about TLS. Its own agents keep no connection open, and stay
 * with the first certificate that a login program hands out; so only those of proxies are used.
 */
export const makeAgents = (context: KubeconfigContext) => {
  const { server, cluster } = context
  let made: { readonly from: string; readonly call: HttpAgent; readonly watch: HttpAgent } | undefined
  return (options: RequestOptions, use: Use): HttpAgent => {
    const from = textOf(options.cert) + textOf(options.key)
    if (made?.from === from) return made[use]
    const secureContext = secureContextOf(context, options)
    if (typeof cluster['proxy-url'] === 'string') {
      if (!(options.agent instanceof HttpAgent)) throw new Error('the library gave no agent for the proxy')
      const agent = Object.assign(options.agent, { keepAlive: true })
      made = { from, call: agent, watch: agent }
      return agent
    }
    const { servername, rejectUnauthorized } = options
    const tls = {
      secureContext,
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
      ...(servername !== undefined && { servername }),
    }
    const agentFor = (maxSockets: number): HttpAgent =>
      server.protocol === 'https:'
        ? new (https().Agent)({ keepAlive: true, maxSockets, ...tls })
        : new (http().Agent)({ keepAlive: true, maxSockets })
    made = { from, call: agentFor(8), watch: agentFor(Infinity) }
    return made[use]
  }
}

const secureContextOf = (
  { file, name }: KubeconfigContext,
  { ca, cert, key, passphrase }: RequestOptions,
): SecureContext => {
  try {
    return createSecureContext({ ca, cert, key, passphrase })
  } catch (error) {
    throw new EnvironmentError(
      'kubeconfig',
      `Context ${name} of ${file} has a certificate or key that cannot be read: ${messageOf(error)}`,
      { cause: error },
    )
  }
}

const textOf = (pem: RequestOptions['cert'] | RequestOptions['key']): string =>
  typeof pem === 'string' || Buffer.isBuffer(pem) ? pem.toString() : ''
