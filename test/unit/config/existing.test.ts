import { expect, test } from 'vitest'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../../config/load.ts'
import { ConfigError } from '../../../core/errors.ts'

const loaded = async (text: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-existing-'))
  try {
    await writeFile(join(folder, 'kindup.yaml'), text)
    return await loadConfig({ cwd: folder, env: {} })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const problems = async (text: string): Promise<readonly string[]> => {
  const thrown = await loaded(text).catch((error: unknown) => error)
  if (!(thrown instanceof ConfigError)) throw new Error('it was accepted', { cause: thrown })
  return thrown.problems.map(({ at, message }) => `${at?.line}: ${message.split(':')[0]}`)
}

test('an existing cluster has no nodes until it is asked, and its add-ons map no port', async () => {
  const { config } = await loaded(
    'name: shop\ncluster: { context: staging }\naddons: { ingress-nginx: true }\nhosts: { address: 192.0.2.1 }\n',
  )
  expect(config.cluster).toMatchObject({ context: 'staging', nodes: [], mirrors: [] })
  expect(config.hosts.address).toBe('192.0.2.1')
})

test('what describes a cluster that is made is refused beside it, each at its line', async () => {
  const text = `name: shop
cluster:
  context: staging
  kubernetes: "1.36"
  workers: 2
  onPortConflict: fallback
  registry: true
  mirrors: true
  kind: { networking: {} }
tools: { kind: path }
`
  expect(await problems(text)).toEqual([
    '4: cluster.kubernetes',
    '5: cluster.workers',
    '6: cluster.onPortConflict',
    '7: cluster.registry',
    '8: cluster.mirrors',
    '9: cluster.kind',
    '10: tools.kind',
  ])
})

test('a layer takes such keys away with null, and false means nothing', async () => {
  const { config } = await loaded('name: shop\ncluster: { context: staging, registry: false, mirrors: false }\n')
  expect(config.cluster.registry).toBeUndefined()
})

test('a host port and a GitOps controller of ours want what such a cluster lacks', async () => {
  const text = `name: shop
cluster: { context: staging }
services:
  web:
    deploy: { manifests: [./k8s] }
    expose: [{ service: web, port: 80, hostPort: 8000 }]
    gitops: argocd
`
  expect(await problems(text)).toEqual([
    '5: services.web.deploy.manifests[0]',
    '6: services.web.expose[0].hostPort',
    '7: services.web.gitops',
  ])
})

test('an address of the Ingress is for existing clusters alone', async () => {
  expect(await problems('name: shop\nhosts: { address: 192.0.2.1 }\n')).toEqual(['2: hosts.address'])
})
