import type { Agent } from 'node:http'
import type { RequestOptions } from 'node:https'
import { fieldsAt, listAt } from '../../core/fields.ts'
import { boundSignal } from '../../core/bound.ts'
import { EnvironmentError, messageOf, stopReason, systemCode } from '../../core/errors.ts'
import { boundSpawn } from '../../core/run.ts'
import { together } from '../../core/shared.ts'
import { makeAgents } from './agents.ts'
import type { Use } from './agents.ts'
import { loadKubeConfig } from './client-node.ts'
import { forLibrary, readContext } from './kubeconfig-context.ts'
import type { KubeconfigContext } from './kubeconfig-context.ts'

/** The way to one API server. */
export type Access = {
  readonly server: URL
  /** What one request carries. Asked for each request: tokens of login programs run out. */
  connection(use: Use): Promise<Connection>
}

export type Connection = {
  readonly agent: Agent
  readonly headers: Headers
  /** The server did not know this login: true where the next connection comes with another one. */
  readonly refused: () => boolean
}

type Headers = Readonly<Record<string, string | readonly string[]>>

/**
 * The way that one context of a kubeconfig file describes, as client-node's KubeConfig understands it: certificates,
 * tokens, login programs, identity providers, proxies. Throws EnvironmentError `kubeconfig`.
 */
export const readAccess = async (file: string, name: string): Promise<Access> => {
  const [context, KubeConfig] = await Promise.all([readContext(file, name), loadKubeConfig()])
  const made = (): InstanceType<typeof KubeConfig> => {
    const config = new KubeConfig()
    // Its own way to start a login program leaves nobody a way to end it.
    for (const one of config['authenticators']) if ('execFn' in one) one.execFn = boundSpawn
    config.loadFromString(forLibrary(context))
    return config
  }
  let config = made()
  // The library would start the login program for each of those that ask at the same time.
  const login = together(async () => {
    const options: RequestOptions = {}
    try {
      await config.applyToHTTPSOptions(options)
      if (context.user['exec'] && !options.cert && headersOf(options)['Authorization'] === undefined)
        throw new TypeError('neither a token nor a certificate')
    } catch (error) {
      if (boundSignal()?.aborted) throw stopReason(boundSignal())
      throw noLogin(context, error)
    }
    return { options, by: config }
  })
  const agents = makeAgents(context)
  return {
    server: context.server,
    connection: async (use) => {
      const { options, by } = await login()
      return {
        agent: agents(options, use),
        headers: { ...headersOf(options), ...impersonated(context) },
        refused: () => {
          const { exec, 'auth-provider': provider, tokenFile } = context.user
          if (!exec && !provider && !tokenFile) return false
          // It keeps what it was given, for ever where that names no end. Another call may have been faster.
          if (config === by) config = made()
          return true
        },
      }
    },
  }
}

/** What a login program said may be a token, and a parser would quote it. */
const noLogin = ({ file, name, user }: KubeconfigContext, error: unknown): EnvironmentError => {
  const { command, installHint } = (user['exec'] ?? {}) as { command?: unknown; installHint?: unknown }
  const why =
    typeof command !== 'string'
      ? messageOf(error)
      : systemCode(error) === 'ENOENT'
        ? `its login program ${command} is not there`
        : error instanceof SyntaxError || error instanceof TypeError
          ? `its login program ${command} gives no ExecCredential`
          : `its login program ${command} failed${messageOf(error) === '' ? '' : `: ${messageOf(error).trim()}`}`
  return new EnvironmentError('kubeconfig', `Context ${name} of ${file} gives no login: ${why}`, {
    cause: error,
    hints: typeof installHint === 'string' ? [installHint.trim()] : [],
  })
}

const headersOf = ({ headers, auth }: RequestOptions): Headers => ({
  ...Object.fromEntries(Object.entries(headers ?? {}).flatMap(([key, value]) => (isSent(value) ? [[key, value]] : []))),
  ...(typeof auth === 'string' && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
})

/** The library says that a number may stand there, and never puts one. */
const isSent = (value: unknown): value is Headers[string] => typeof value === 'string' || Array.isArray(value)

/** Whom a request is made for, beside the user's name, which the library knows. */
const impersonated = ({ user }: KubeconfigContext): Headers => {
  const { 'as-groups': groups, 'as-uid': uid, 'as-user-extra': extra } = user
  return {
    ...(Array.isArray(groups) && { 'Impersonate-Group': groups.map(String) }),
    ...(typeof uid === 'string' && { 'Impersonate-Uid': uid }),
    ...Object.fromEntries(
      Object.entries(fieldsAt(extra)).map(([key, values]) => [
        `Impersonate-Extra-${encodeURIComponent(key)}`,
        listAt(values).map(String),
      ]),
    ),
  }
}
