import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApiServer, type ApiServer } from '../support/api-server/start-api-server.ts'
import { machine, type Machine } from '../support/stand-ins/machine.ts'
import { hostsBefore } from './shop.ts'

const file = `name: guest
cluster: { context: CONTEXT }
crds: [./crd.yaml]
hosts: { file: ./hosts, address: 127.0.0.9, extra: [guest.test] }
secrets:
  login: { from: { literals: { user: me } }, namespaces: [guest] }
  token: { from: { literals: { text: abc } }, namespaces: [guest] }
services:
  settings: { namespace: guest, deploy: { manifests: [./settings.yaml] } }
`
const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: visits.guest.example }
spec:
  group: guest.example
  scope: Namespaced
  names: { kind: Visit, plural: visits, singular: visit }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }
`
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { colour: blue }\n'

let server: ApiServer
let at: Machine
let env: Readonly<Record<string, string>>

/** A cluster that was there before, of which the user has a kubeconfig; no engine and no kind is on this machine. */
const begin = async (
  context = 'office',
  labels: Readonly<Record<string, string>> = { 'minikube.k8s.io/name': 'm' },
) => {
  server = await startApiServer({ context, nodes: [{ name: 'one', labels }] })
  at = await machine({ programs: [] })
  await at.write('kindup.yaml', file.replace('CONTEXT', context))
  await at.write('crd.yaml', crd)
  await at.write('settings.yaml', settings)
  await at.write('hosts', hostsBefore)
  await at.write('kubeconfig', server.kubeconfig)
  env = { KUBECONFIG: at.path('kubeconfig'), KINDUP_STATE: at.path('state') }
}

const kindup = (...args: readonly string[]) => at.kindup(args, env)
type Document = {
  readonly error?: { readonly code: string; readonly message: string; readonly problems: readonly object[] }
  readonly steps?: readonly { readonly id: string; readonly result?: string; readonly state?: string }[]
}
const json = async (...args: readonly string[]): Promise<Document> =>
  JSON.parse((await kindup(...args, '--json')).stdout) as Document
const code = async (...args: readonly string[]) => (await json(...args)).error?.code

afterEach(async () => {
  await at[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

const kinds = [
  'v1/Namespace',
  'v1/ConfigMap',
  'v1/Secret',
  'v1/Service',
  'v1/Pod',
  'v1/Node',
  'coordination.k8s.io/v1/Lease',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
]
const everything = () =>
  kinds.flatMap((text) => {
    const [kind = '', ...version] = text.split('/').toReversed()
    return server.state.list({ apiVersion: version.toReversed().join('/'), kind })
  })
const namespace = (name: string) => server.state.get({ apiVersion: 'v1', kind: 'Namespace', name })

describe('a cluster on this machine that was there before', () => {
  beforeEach(() => begin())

  it('is used without an engine, and down takes out what was put in', async () => {
    const before = everything()
    const up = await json('up', '--yes')
    expect(up.error).toBeUndefined()
    expect(up).not.toHaveProperty('reset')
    expect(up.steps?.map(({ id, result }) => `${id} ${result}`)).toEqual([
      'cluster/api created',
      'crds created',
      'secret/login created',
      'secret/token created',
      'service/settings created',
      'hosts created',
    ])
    expect(await at.read('hosts')).toContain('127.0.0.9 guest.test # kindup guest')
    expect(await at.read('kubeconfig')).toBe(server.kubeconfig)
    // Agreed to once, and nothing is to be done.
    const again = await json('up')
    expect(again.steps?.every(({ result }) => result === 'unchanged')).toBe(true)
    expect((await kindup('status', '--report', 'status.html')).code).toBe(0)
    expect(await at.read('status.html')).toContain('6 of 6 steps ready')

    server.state.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'guest', name: 'settings' })
    server.state.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'lost', namespace: 'guest' },
      spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] },
    })
    expect((await kindup('status', '--report', 'status.html')).code).toBe(1)
    const page = await at.read('status.html')
    expect(page).toContain('5 of 6 steps ready')
    expect(page).toMatch(/Service (?:guest\/)?lost[^<]*: /)
    server.state.remove({ apiVersion: 'v1', kind: 'Service', namespace: 'guest', name: 'lost' })
    expect((await json('up')).error).toBeUndefined()

    // From anywhere, with the name alone.
    await rm(at.path('kindup.yaml'))
    const down = await json('down', '--name', 'guest')
    expect(down).toMatchObject({
      removed: expect.arrayContaining([
        'service/settings',
        'secret/login',
        'crds',
        'namespace guest',
        'namespace kindup',
      ]),
      kept: ['the cluster of context office (it was there before)'],
    })
    expect(everything()).toEqual(before)
    expect(await at.read('hosts')).toBe(hostsBefore)
    expect(await at.read('kubeconfig')).toBe(server.kubeconfig)
  })

  it('is asked for once, and never without a word', async () => {
    expect(await code('up')).toBe('not-confirmed')
    expect(await code('up', '--confirm', 'home')).toBe('flags')
    expect(namespace('kindup')).toBeUndefined()
    expect(await code('up', '--confirm', 'office')).toBeUndefined()
    expect(await code('up')).toBeUndefined()
    // By the file itself, whose secrets name the namespace as if they stayed.
    expect((await kindup('down')).code).toBe(0)
    expect(namespace('guest')).toBeUndefined()
  })

  it('keeps what others have by the same names', async () => {
    server.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'guest' } })
    server.state.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'guest' },
      data: { colour: 'red' },
    })
    const up = await json('up', '--yes')
    expect(up.error?.message).toContain('things of others by the same names')
    expect(up.error?.problems).toEqual([
      expect.objectContaining({
        message: 'ConfigMap guest/settings is there, and kindup did not make it.',
        at: expect.objectContaining({ line: 1 }),
      }),
    ])
    expect((await kindup('down')).code).toBe(0)
    expect(
      server.state.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'guest', name: 'settings' }),
    ).toMatchObject({ data: { colour: 'red' } })
  })

  it('is used by one file at a time', async () => {
    await kindup('up', '--yes')
    await at.write('other/kindup.yaml', 'name: other\ncluster: { context: office }\nhosts: { mode: none }\n')
    const plan = await json('plan', '--config', 'other/kindup.yaml')
    expect(JSON.stringify(plan)).toContain('is used by guest of')
    expect(await code('up', '--config', 'other/kindup.yaml')).toBe('name-taken')
    expect(await code('down', '--config', 'other/kindup.yaml')).toBe('not-ours')
    // A colleague's checkout has the same name in its file.
    await at.write('other/kindup.yaml', 'name: guest\ncluster: { context: office }\nhosts: { mode: none }\n')
    expect(await code('down', '--config', 'other/kindup.yaml')).toBe('not-ours')
    expect(await code('down', '--config', 'other/kindup.yaml', '--name', 'guest')).toBeUndefined()
  })

  it('names a context that is not there, with its line', async () => {
    await at.write('kindup.yaml', 'name: guest\ncluster: { context: offfice }\n')
    expect(await json('plan')).toMatchObject({
      error: { code: 'context-missing', problems: [{ at: { line: 2 }, hint: 'Did you mean office?' }] },
    })
    // Each thing once.
    expect((await kindup('plan')).stderr.split('Did you mean office?')).toHaveLength(2)
  })

  it('refuses flags of clusters that are made', async () => {
    expect(await code('up', '--yes', '--recreate')).toBe('flags')
    expect(await code('up', '--yes', '--ttl', '2h')).toBe('flags')
    expect(await code('down', '--purge')).toBe('flags')
    for (const command of [['pause'], ['resume'], ['reset'], ['snapshot', 'save']])
      expect(await code(...command)).toBe('flags')
  })

  it('says that nothing brings an image that is built here into its nodes', async () => {
    await at.write('web/Dockerfile', 'FROM scratch\n')
    await at.write(
      'kindup.yaml',
      `${file.replace('CONTEXT', 'office')}images:\n  web: { build: ./web, name: example/web, tag: dev }\n`,
    )
    const { error } = await json('up', '--yes')
    expect(error?.problems).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('nothing brings example/web:dev into the nodes of office (minikube)'),
      }),
    ])
  })
})

describe('a cluster that more than this user may depend on', () => {
  it.each([
    ['shop-production', { 'minikube.k8s.io/name': 'm' }],
    ['shop', { 'eks.amazonaws.com/nodegroup': 'a' }],
  ])('%s is changed only where it is named, each time', async (context, labels) => {
    await begin(context, labels)
    expect(await code('up', '--yes')).toBe('not-confirmed')
    expect(await code('up', '--confirm', context)).toBeUndefined()
    expect(await code('up', '--yes')).toBe('not-confirmed')
    expect(await code('down', '--yes')).toBe('not-confirmed')
    expect(await code('down', '--confirm', context)).toBeUndefined()
    expect(namespace('kindup')).toBeUndefined()
  })
})
