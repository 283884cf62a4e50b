import { X509Certificate } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { textAt } from '../../../../core/fields.ts'
import type { Status } from '../../../../core/step.ts'
import { makeHelm } from '../../../../manifests/helm/helm.ts'
import { tlsHead } from '../../../../services/tls/head.ts'
import { tlsStep } from '../../../../services/tls/step.ts'
import { context } from '../../../support/steps.ts'
import { makeWorld } from '../deploy/world.ts'

const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'ingress-nginx', name: 'kindup-tls' }
const map = (namespace: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'kindup-ca' })

/** The step of a file with these hosts, on a cluster whose API is in memory. */
const worldWith = async (now: { hosts: readonly string[]; pods: readonly string[]; gateways?: readonly string[] }) => {
  const world = await makeWorld()
  const { cluster, state, folder } = world
  const env = { KINDUP_STATE: join(folder, 'state'), XDG_DATA_HOME: folder, HOME: folder }
  const helm = makeHelm({ run: cluster.run, tools: cluster.tools, cacheFolder: folder })
  const step = () =>
    tlsStep(tlsHead(now.hosts, 443, now), {
      work: { cluster, helm, wanted: () => new Set() },
      env,
      hosts: () => now.hosts,
      domains: [],
      namespace: 'ingress-nginx',
      gatewayNamespaces: now.gateways ?? [],
      podNamespaces: now.pods,
    })
  const certificate = (): string => Buffer.from(textAt(state.get(secret), 'data', 'tls.crt') ?? '', 'base64').toString()
  return {
    state,
    folder,
    certificate,
    names: () => new X509Certificate(certificate()).subjectAltName ?? '',
    status: async (): Promise<Status> => step().status(context()),
    up: async () => step().up(context()),
    down: async () => step().down(context()),
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  }
}

it('puts the same certificate beside Gateways that name it, and takes it away with them', async () => {
  const now = { hosts: ['web.test'], pods: [], gateways: ['shop'] as readonly string[] }
  await using world = await worldWith(now)
  await world.up()
  const copy = { ...secret, namespace: 'shop' }
  expect(textAt(world.state.get(copy), 'data', 'tls.crt')).toBe(textAt(world.state.get(secret), 'data', 'tls.crt'))
  expect(await world.status()).toEqual({ state: 'ready' })
  now.gateways = []
  await world.up()
  expect(world.state.get(copy)).toBeUndefined()
  expect(await world.status()).toEqual({ state: 'ready' })
})

it('makes one certificate, leaves it while it will do, and makes another for another host', async () => {
  const now = { hosts: ['web.demo.localhost'], pods: ['dev'] as readonly string[] }
  await using world = await worldWith(now)
  expect(await world.status()).toEqual({ state: 'absent' })
  await world.up()
  expect(await world.status()).toEqual({ state: 'ready' })
  expect(world.names()).toContain('DNS:web.demo.localhost')
  expect(world.state.get(map('dev'))).toBeDefined()
  const first = world.certificate()
  await world.up()
  expect(world.certificate()).toBe(first)

  now.hosts = [...now.hosts, 'shop.test']
  expect(await world.status()).toEqual({ state: 'changed', what: 'it lacks shop.test' })
  await world.up()
  expect(world.names()).toContain('DNS:shop.test')
  // One host fewer is no reason.
  now.hosts = ['shop.test']
  expect(await world.status()).toEqual({ state: 'ready' })

  now.pods = []
  expect(await world.status()).toMatchObject({ state: 'changed' })
  await world.up()
  expect(world.state.get(map('dev'))).toBeUndefined()
  expect(await world.status()).toEqual({ state: 'ready' })
})

it('makes it again where it is gone, or of another authority, and says so', async () => {
  await using world = await worldWith({ hosts: ['web.test'], pods: [] })
  await world.up()
  rmSync(join(world.folder, 'state'), { recursive: true })
  expect(await world.status()).toMatchObject({ state: 'changed', what: expect.stringContaining('authority') as string })
  await world.up()
  expect(await world.status()).toEqual({ state: 'ready' })
  writeFileSync(join(world.folder, 'state', 'ca', 'rootCA-key.pem'), '')
  expect(await world.status()).toMatchObject({
    state: 'broken',
    why: expect.stringContaining('no private key') as string,
  })
  await expect(world.up()).rejects.toMatchObject({ code: 'ca' })
})

it('takes all of it away, and nothing of others', async () => {
  await using world = await worldWith({ hosts: ['web.test'], pods: ['dev'] })
  await world.up()
  await world.down()
  expect([world.state.get(secret), world.state.get(map('dev'))]).toEqual([undefined, undefined])
  world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } })
  world.state.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kindup-ca', namespace: 'dev' },
    data: { mine: '1' },
  })
  await expect(world.up()).rejects.toMatchObject({ code: 'not-ours' })
})
