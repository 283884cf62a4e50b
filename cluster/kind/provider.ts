import type { Config } from '../../core/config/config.ts'
import type { Engine } from '../engine/engine.ts'
import { localRegistry } from '../registry/local.ts'
import { mirrorsOf } from '../mirrors/mirrors.ts'
import type { Places } from '../places.ts'

type Env = Readonly<Record<string, string | undefined>>

/** kind's environment: the engine that is meant, and a kubeconfig that nobody reads instead of the user's. */
export const kindEnvironment = (
  engine: Engine,
  places: Places,
  config: Config,
  env: Env | undefined = process.env,
): Readonly<Record<string, string>> => ({
  KIND_EXPERIMENTAL_PROVIDER: engine.name,
  KUBECONFIG: places.kindKubeconfig,
  ...withoutProxy(config, env),
})

/** kind hands the proxies of this machine on to the nodes: they are to reach the registry and the mirrors directly. */
const withoutProxy = (config: Config, env: Env): Readonly<Record<string, string>> => {
  const local = localRegistry(config)
  const names = [...(local ? [local] : []), ...mirrorsOf(config)].map(({ container }) => container.name)
  const isProxied = ['HTTP_PROXY', 'HTTPS_PROXY'].some((name) => env[name] || env[name.toLowerCase()])
  if (names.length === 0 || !isProxied) return {}
  const given = env['NO_PROXY'] || env['no_proxy']
  const list = [...(given ? [given] : []), ...names].join(',')
  return { NO_PROXY: list, no_proxy: list }
}
