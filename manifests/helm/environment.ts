import { join } from 'node:path'
import { homeFolder } from '../../core/paths.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * What helm gets in its environment: folders of kindup's own, so that the user's repositories and plugins are neither
 * changed nor needed, and nothing that would turn it to another cluster, namespace or storage.
 * Log-ins to registries stay the user's.
 */
export const helmEnvironment = (
  cacheFolder: string,
  env: Env = process.env,
  platform: string = process.platform,
): Env => {
  const own = join(cacheFolder, 'helm')
  return {
    HELM_CACHE_HOME: join(own, 'cache'),
    HELM_CONFIG_HOME: join(own, 'config'),
    HELM_DATA_HOME: join(own, 'data'),
    HELM_PLUGINS: join(own, 'plugins'),
    HELM_REPOSITORY_CONFIG: join(own, 'config', 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(own, 'cache', 'repository'),
    HELM_REGISTRY_CONFIG: env['HELM_REGISTRY_CONFIG'] ?? join(configHome(env, platform), 'registry', 'config.json'),
    HELM_DRIVER: 'secret',
    HELM_DEBUG: undefined,
    HELM_NAMESPACE: undefined,
    HELM_KUBECONTEXT: undefined,
    HELM_KUBEAPISERVER: undefined,
    HELM_KUBETOKEN: undefined,
    HELM_KUBEASUSER: undefined,
    HELM_KUBEASGROUPS: undefined,
    HELM_KUBECAFILE: undefined,
    HELM_KUBEINSECURE_SKIP_TLS_VERIFY: undefined,
    HELM_KUBETLS_SERVER_NAME: undefined,
    KUBECONFIG: undefined,
  }
}

/** Where the user's own helm keeps the repositories that were added to it. */
export const repositoriesFile = (env: Env, platform: string = process.platform): string =>
  env['HELM_REPOSITORY_CONFIG'] ?? join(configHome(env, platform), 'repositories.yaml')

const configHome = (env: Env, platform: string): string => {
  if (env['HELM_CONFIG_HOME']) return env['HELM_CONFIG_HOME']
  if (env['XDG_CONFIG_HOME']) return join(env['XDG_CONFIG_HOME'], 'helm')
  if (platform === 'darwin') return join(homeFolder(env, platform), 'Library', 'Preferences', 'helm')
  return join(homeFolder(env, platform), '.config', 'helm')
}

/** Where the user's own helm keeps its plugins: https://helm.sh/docs/helm/helm/ (HELM_PLUGINS, HELM_DATA_HOME, XDG_DATA_HOME). */
export const pluginsFolder = (env: Env, platform: string): string => {
  if (env['HELM_PLUGINS']) return env['HELM_PLUGINS']
  if (env['HELM_DATA_HOME']) return join(env['HELM_DATA_HOME'], 'plugins')
  if (env['XDG_DATA_HOME']) return join(env['XDG_DATA_HOME'], 'helm', 'plugins')
  if (platform === 'darwin') return join(homeFolder(env, platform), 'Library', 'helm', 'plugins')
  if (platform === 'win32') return join(env['TEMP'] ?? homeFolder(env, platform), 'helm', 'plugins')
  return join(homeFolder(env, platform), '.local', 'share', 'helm', 'plugins')
}
