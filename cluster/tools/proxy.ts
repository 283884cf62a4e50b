import { withoutLogin } from '../../core/mask/without-login.ts'
import { ConfigError } from '../../core/errors.ts'

type Env = Readonly<Record<string, string | undefined>>

export type Proxies = {
  /** Empty: none. */
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

/** What the usual variables say, lower case first, as curl reads them. Throws ConfigError on what is no proxy's address. */
export const proxiesOf = (env: Env): Proxies => {
  const httpProxy = proxyOf(env, 'http_proxy')
  return {
    httpProxy,
    httpsProxy: proxyOf(env, 'https_proxy') || httpProxy,
    noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
  }
}

const proxyOf = (env: Env, variable: string): string => {
  const name = env[variable] === undefined ? variable.toUpperCase() : variable
  const written = env[name]?.trim() ?? ''
  if (written === '') return ''
  const address = written.includes('://') ? written : `http://${written}`
  if (/^(https?|socks5?):\/\/[^/]/.test(address) && URL.canParse(address)) return address
  throw new ConfigError(`${name} is ${withoutLogin(written)}, which is no address of a proxy.`, {
    hints: [`${name}=http://proxy.example:3128`],
  })
}
