import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { helmEnvironment, pluginsFolder } from '../../../../manifests/helm/environment.ts'

describe('helmEnvironment', () => {
  it("keeps helm in folders of kindup's own, away from other clusters, with the user's log-ins", () => {
    const env = helmEnvironment('/cache', { HOME: '/home/me', XDG_CONFIG_HOME: '/conf' }, 'linux')
    for (const name of [
      'HELM_CACHE_HOME',
      'HELM_CONFIG_HOME',
      'HELM_DATA_HOME',
      'HELM_PLUGINS',
      'HELM_REPOSITORY_CONFIG',
      'HELM_REPOSITORY_CACHE',
    ])
      expect(env[name]).toMatch(/^\/cache\/helm\//)
    expect(env['HELM_REGISTRY_CONFIG']).toBe('/conf/helm/registry/config.json')
    expect(env['HELM_DRIVER']).toBe('secret')
    for (const name of ['HELM_NAMESPACE', 'HELM_KUBECONTEXT', 'HELM_KUBETOKEN', 'KUBECONFIG', 'HELM_DEBUG']) {
      expect(Object.keys(env)).toContain(name)
      expect(env[name]).toBeUndefined()
    }
  })
})

it.each([
  [{ HELM_PLUGINS: '/p', HELM_DATA_HOME: '/d' }, 'linux', '/p'],
  [{ HELM_DATA_HOME: '/d', XDG_DATA_HOME: '/x' }, 'linux', '/d/plugins'],
  [{ XDG_DATA_HOME: '/x' }, 'darwin', '/x/helm/plugins'],
  [{}, 'linux', join(homedir(), '.local/share/helm/plugins')],
  [{}, 'darwin', join(homedir(), 'Library/helm/plugins')],
])('finds the getter plugins of the user: %j on %s', (env, platform, folder) => {
  expect(pluginsFolder(env, platform)).toBe(folder)
})
