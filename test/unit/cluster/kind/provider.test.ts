import { expect, it } from 'vitest'
import { kindEnvironment } from '../../../../cluster/kind/provider.ts'
import { registryContainers } from '../../../../cluster/mirrors/mirrors.ts'
import { clusterPaths } from '../../../../cluster/paths.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'

const { engine } = standInEngine()
const paths = clusterPaths('demo', { KINDUP_CACHE: '/nowhere' })
const base = madeConfig()
const withRegistries = {
  ...base,
  cluster: { ...base.cluster, registry: { port: 5001, keep: false }, mirrors: [{ upstream: 'docker.io' }] },
}
const proxied = { https_proxy: 'http://proxy.test:3128' }

it('has the nodes reach registries beside them without the proxy that kind hands on', () => {
  const noProxy = (env: Readonly<Record<string, string>>) =>
    kindEnvironment(engine, paths, registryContainers(withRegistries), env)
  const names = 'kindup-registry-5001,kindup-mirror-docker-io'
  expect(noProxy(proxied)).toMatchObject({ NO_PROXY: names, no_proxy: names })
  expect(noProxy({ ...proxied, no_proxy: '.corp' })).toMatchObject({ NO_PROXY: `.corp,${names}` })
  expect(noProxy({})).not.toHaveProperty('NO_PROXY')
  expect(kindEnvironment(engine, paths, [], proxied)).not.toHaveProperty('NO_PROXY')
})
