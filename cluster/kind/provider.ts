import type { Engine } from '../engine/engine.ts'
import type { ClusterPaths } from '../paths.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * kind's environment: the engine that is meant, and a kubeconfig that nobody reads instead of the user's. `direct` names
 * the containers that the nodes reach without a proxy: registries and mirrors beside them.
 */
export const kindEnvironment = (
  engine: Engine,
  paths: ClusterPaths,
  direct: readonly string[],
  env: Env | undefined = process.env,
): Readonly<Record<string, string>> => ({
  KIND_EXPERIMENTAL_PROVIDER: engine.name,
  KUBECONFIG: paths.kindKubeconfig,
  ...withoutProxy(direct, env),
})

/** kind hands the proxies of this machine on to the nodes: what stands beside them they are to reach directly. */
const withoutProxy = (names: readonly string[], env: Env): Readonly<Record<string, string>> => {
  const isProxied = ['HTTP_PROXY', 'HTTPS_PROXY'].some((name) => env[name] || env[name.toLowerCase()])
  if (names.length === 0 || !isProxied) return {}
  const given = env['NO_PROXY'] || env['no_proxy']
  const list = [...(given ? [given] : []), ...names].join(',')
  return { NO_PROXY: list, no_proxy: list }
}
