import { readFile } from 'node:fs/promises'
import type { Agent as HttpAgent } from 'node:http'
import type { AgentOptions, RequestOptions } from 'node:https'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { http, https } from '../../core/http.ts'

/** The way to one API server. */
export type Access = {
  readonly server: URL
  /**
   * What one request carries. Asked for each request: tokens of login programs run out.
   * Watches hold their connection, calls share a few: a burst of them must not cost as many TLS handshakes.
   */
  connection(
    use: 'call' | 'watch',
  ): Promise<{ readonly agent: HttpAgent; readonly headers: Readonly<Record<string, string>> }>
}

type Named = Readonly<Record<string, unknown>>

/** Reads one context of a kubeconfig file. Throws EnvironmentError `kubeconfig`. */
export const readAccess = async (file: string, context: string): Promise<Access> => {
  let text: string
  let config: Named
  try {
    text = await readFile(file, 'utf8')
    config = (parse(text) ?? {}) as Named
  } catch (error) {
    throw new EnvironmentError('kubeconfig', `The kubeconfig ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
  const chosen = entry(config, 'contexts', context, 'context')
  const cluster = chosen && entry(config, 'clusters', chosen['cluster'], 'cluster')
  const user = chosen && (entry(config, 'users', chosen['user'], 'user') ?? {})
  const server = cluster?.['server']
  if (!cluster || !user || typeof server !== 'string')
    throw new EnvironmentError('kubeconfig', `The kubeconfig ${file} has no context ${context} with a cluster.`, {
      hints: [`kubectl config get-contexts --kubeconfig '${file}'`],
    })
  return isPlain(cluster, user)
    ? plainAccess(new URL(server), cluster, user, dirname(file))
    : libraryAccess(new URL(server), file, context)
}

const entry = (config: Named, list: string, name: unknown, key: string): Named | undefined => {
  const all = config[list]
  const found = Array.isArray(all) ? (all as Named[]).find((one) => one['name'] === name) : undefined
  return found?.[key] as Named | undefined
}

/** What kind writes, and what can be read without help. */
const plainKeys = new Set([
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'insecure-skip-tls-verify',
  'tls-server-name',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
])

const isPlain = (...parts: readonly Named[]): boolean =>
  parts.every((part) => Object.keys(part).every((key) => plainKeys.has(key)))

const plainAccess = async (server: URL, cluster: Named, user: Named, folder: string): Promise<Access> => {
  const bytes = async (part: Named, key: string): Promise<Buffer | undefined> => {
    const data = part[`${key}-data`]
    if (typeof data === 'string') return Buffer.from(data, 'base64')
    const path = part[key]
    return typeof path === 'string' ? readFile(resolve(folder, path)) : undefined
  }
  const tls: AgentOptions = {
    ca: await bytes(cluster, 'certificate-authority'),
    cert: await bytes(user, 'client-certificate'),
    key: await bytes(user, 'client-key'),
    ...(cluster['insecure-skip-tls-verify'] === true && { rejectUnauthorized: false }),
    ...(typeof cluster['tls-server-name'] === 'string' && { servername: cluster['tls-server-name'] }),
  }
  const agentFor = (maxSockets: number): HttpAgent =>
    server.protocol === 'https:'
      ? new (https().Agent)({ keepAlive: true, maxSockets, ...tls })
      : new (http().Agent)({ keepAlive: true, maxSockets })
  const agents = { call: agentFor(8), watch: agentFor(Infinity) }
  const token = user['token']
  const headers: Record<string, string> = typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}
  return { server, connection: (use) => Promise.resolve({ agent: agents[use], headers }) }
}

/**
 * Login programs, identity providers, proxies: the library knows them all. Only then is it loaded: it takes 0.3 s and
 * 80 MB of memory, and the kubeconfigs that kind writes do not need it.
 */
const libraryAccess = async (server: URL, file: string, context: string): Promise<Access> => {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  config.loadFromFile(file)
  config.setCurrentContext(context)
  return {
    server,
    connection: async () => {
      const options: RequestOptions = {}
      try {
        await config.applyToHTTPSOptions(options)
      } catch (error) {
        throw new EnvironmentError('kubeconfig', `Context ${context} of ${file} gives no login: ${messageOf(error)}`, {
          cause: error,
        })
      }
      const basic = options.auth ? { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` } : {}
      return {
        agent: options.agent as HttpAgent,
        headers: { ...(options.headers as Readonly<Record<string, string>> | undefined), ...basic },
      }
    },
  }
}
