import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { Refusal } from '../../../support/api-server/refusals.ts'
import { startApiServer } from '../../../support/api-server/start-api-server.ts'
import type { ApiServer } from '../../../support/api-server/start-api-server.ts'

let folder: string
let server: ApiServer
let kube: Kube
const context = 'kind-test'

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-kube-'))
  server = await startApiServer()
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig)
  kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context })
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const configMap = (name: string, data: Record<string, string>, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
  data,
})
const refOf = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name })
const writes = () => server.state.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method)

describe('apply', () => {
  it('makes an object, and takes out the fields that it no longer names', async () => {
    const first = await kube.apply(configMap('settings', { a: '1', b: '2' }))
    expect(first.metadata.uid).toBeTypeOf('string')
    expect(await kube.apply(configMap('settings', { a: '3' }))).toMatchObject({ data: { a: '3' } })
    expect((await kube.get(refOf('settings')))?.['data']).toEqual({ a: '3' })
  })

  it('leaves the fields of others alone, and changes nothing when nothing differs', async () => {
    await kube.apply(configMap('settings', { a: '1' }))
    await kube.mergePatch(refOf('settings'), { metadata: { annotations: { theirs: 'yes' } } })
    const before = await kube.get(refOf('settings'))
    const after = await kube.apply(configMap('settings', { a: '1' }))
    expect(after.metadata.annotations).toEqual({ theirs: 'yes' })
    expect(after.metadata.resourceVersion).toBe(before?.metadata.resourceVersion)
  })

  it('takes over what others had set to something else', async () => {
    const theirs = configMap('settings', { a: 'theirs', b: 'theirs' })
    server.state.put({ ...theirs, metadata: { name: 'settings', namespace: 'default' } })
    const data = { a: 'ours', b: 'theirs' }
    expect(await kube.apply(configMap('settings', { a: 'ours' }))).toMatchObject({ data })
  })

  it('says what the server refused, of which object, in its words', async () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'other' } } } },
    }
    await expect(kube.apply(deployment)).rejects.toMatchObject({
      code: 'api-refused',
      exitCode: 1,
      message: expect.stringMatching(/^The API refused to apply Deployment default\/web: .*does not match template/),
    })
  })

  it('names the kind that nothing serves', async () => {
    const object = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x', namespace: 'default' } }
    await expect(kube.apply(object)).rejects.toMatchObject({
      code: 'api-refused',
      message: 'The cluster does not know Thing of example.com/v1.',
    })
  })

  it('is refused a definition of a kind that does not say what its objects look like', async () => {
    const versions = [{ name: 'v1', served: true, storage: true }]
    const bare = { ...definition, spec: { ...(definition['spec'] as object), versions } }
    await expect(kube.apply(bare)).rejects.toMatchObject({
      message: expect.stringContaining('spec.versions[0].schema.openAPIV3Schema: Required value'),
    })
  })

  it('finds a kind that came after the question', async () => {
    expect(await kube.served('example.com/v1')).toEqual([])
    await kube.apply(definition)
    const made = await kube.apply({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 'x', namespace: 'default' },
    })
    expect(made.metadata.uid).toBeTypeOf('string')
    expect(await kube.served('example.com/v1')).toMatchObject([
      { apiVersion: 'example.com/v1', kind: 'Thing', plural: 'things', namespaced: true },
    ])
  })
})

const definition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}

describe('the other calls', () => {
  it('answer undefined or nothing for what is not there', async () => {
    expect(await kube.get(refOf('nothing'))).toBeUndefined()
    expect(await kube.get({ apiVersion: 'example.com/v1', kind: 'Thing', name: 'x' })).toBeUndefined()
    expect(await kube.list({ apiVersion: 'example.com/v1', kind: 'Thing' })).toEqual([])
    await kube.delete(refOf('nothing'))
    await kube.delete({ apiVersion: 'example.com/v1', kind: 'Thing', name: 'x' })
    expect(await kube.logs({ namespace: 'default', name: 'nothing' }, 5)).toBe('')
  })

  it('list by selectors, and say of each item what it is', async () => {
    await kube.apply(configMap('one', {}, { app: 'web' }))
    await kube.apply(configMap('two', {}, { app: 'db' }))
    const of = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' }
    const found = await kube.list({ ...of, labelSelector: 'app in (web,x)' })
    expect(found).toMatchObject([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } }])
    expect(await kube.list({ ...of, fieldSelector: 'metadata.name=two' })).toHaveLength(1)
    await kube.deleteAll({ ...of, labelSelector: 'app=web' })
    expect((await kube.list({ ...of, labelSelector: 'app' })).map(({ metadata }) => metadata.name)).toEqual(['two'])
  })

  it('tell a conflict from other refusals', async () => {
    const made = await kube.create(configMap('one', { a: '1' }))
    await expect(kube.create(configMap('one', {}))).rejects.toMatchObject({ code: 'api-conflict' })
    await kube.replace({ ...made, data: { a: '2' } })
    await expect(kube.replace({ ...made, data: { a: '3' } })).rejects.toMatchObject({ code: 'api-conflict' })
    expect((await kube.get(refOf('one')))?.['data']).toEqual({ a: '2' })
  })

  it('tell the version without its v', async () => {
    expect(await kube.version()).toBe(server.version.slice(1))
  })
})

describe('trouble on the way', () => {
  it('tries again what was cut or refused for the moment', async () => {
    const answers = ['cut' as const, new Refusal(503, 'ServiceUnavailable', 'not yet'), undefined]
    server.state.intercept(({ method }) => (method === 'PATCH' ? answers.shift() : undefined))
    await kube.apply(configMap('settings', { a: '1' }))
    expect(writes()).toEqual(['PATCH', 'PATCH', 'PATCH'])
  })

  it('waits for a server that has just started, and does not know its administrator yet', async () => {
    let asked = 0
    server.state.intercept(({ path }) => {
      if (path === '/readyz' && asked < 3) return new Refusal(500, 'InternalError', '[-]informer-sync failed')
      if (!path.includes('configmaps')) return undefined
      asked += 1
      return asked <= 3 ? new Refusal(403, 'Forbidden', 'User "kubernetes-admin" cannot get') : undefined
    })
    expect(await kube.get(refOf('nothing'))).toBeUndefined()
    expect(asked).toBe(4)
  })

  it('asks once more, and then takes a refusal of a server that is ready', async () => {
    server.state.intercept(({ path }) =>
      path.includes('configmaps') ? new Refusal(403, 'Forbidden', 'configmaps is forbidden') : undefined,
    )
    await expect(kube.get(refOf('nothing'))).rejects.toMatchObject({
      code: 'api-refused',
      message: 'The API refused to show ConfigMap default/nothing: configmaps is forbidden',
    })
    expect(server.state.requests.filter(({ path }) => path.includes('configmaps/'))).toHaveLength(2)
  })

  it('does not repeat a creation whose answer was lost', async () => {
    server.state.intercept(({ method }) => (method === 'POST' ? 'cut' : undefined))
    await expect(kube.create(configMap('one', {}))).rejects.toMatchObject({ code: 'api-unreachable' })
    expect(writes()).toEqual(['POST'])
  })

  it('does not repeat a creation that the store may have done', async () => {
    server.state.intercept(({ method }) =>
      method === 'POST' ? new Refusal(500, 'InternalError', 'etcdserver: request timed out') : undefined,
    )
    await expect(kube.create(configMap('one', {}))).rejects.toMatchObject({ code: 'api-unreachable' })
    expect(writes()).toEqual(['POST'])
  })

  it('says that nobody answers, after a few tries', async () => {
    await server.stop()
    await expect(kube.version()).rejects.toMatchObject({
      code: 'api-unreachable',
      message: `The Kubernetes API at ${server.url} cannot be reached: the connection is refused.`,
    })
    server = await startApiServer()
  })

  it('says that the certificate is of another cluster', async () => {
    await using other = await startApiServer()
    const port = new URL(server.url).port
    await writeFile(join(folder, 'wrong'), other.kubeconfig.replace(/(?<=127\.0\.0\.1:)\d+/, port))
    const wrong = await makeKube({ kubeconfig: join(folder, 'wrong'), context })
    await expect(wrong.version()).rejects.toMatchObject({
      code: 'api-unreachable',
      hints: [expect.stringContaining('certificate')],
    })
  })

  it('stops with the run', async () => {
    const stop = new AbortController()
    const mine = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context, signal: stop.signal })
    server.state.intercept(() => {
      stop.abort()
      return 'cut'
    })
    await expect(mine.version()).rejects.toMatchObject({ code: 'stopped', exitCode: 130 })
  })
})
