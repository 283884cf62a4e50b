import { describe, expect, it } from 'vitest'
import { helmEnvironment } from '../../../../manifests/helm/environment.ts'

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
