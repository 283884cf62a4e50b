import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployment, passwords, shop, soundly, type Ran, type Shop } from './shop.ts'

const inDev = (kind: string, name: string, apiVersion = 'v1') => ({ apiVersion, kind, name, namespace: 'dev' })
const errorOf = (ran: Ran) => ran.json()['error'] as { readonly code: string; readonly message: string }

/** How often it was asked what the cluster serves, which goes before each look into a namespace. */
const looks = (at: Shop, since: number): number =>
  at
    .api('shop')
    .state.requests.slice(since)
    .filter(({ path }) => path === '/apis').length

describe('undeploy', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
    await at.well('up')
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('wants to be told what', async () => {
    const ran = await at.run('undeploy', '--json')
    expect(ran.code).toBe(2)
    expect(errorOf(ran)).toMatchObject({ code: 'flags', message: 'Which service is meant?' })
  })

  it.each([
    [['wbe'], 'There is no service wbe.', 'Did you mean web?'],
    [['web', '--env', 'prdo'], 'There is no environment prdo.', 'Did you mean prod?'],
    [['web@pro'], 'There is no environment pro.', 'Did you mean prod?'],
    [['addon/x'], 'addon/x is no service.', 'What the file no longer has, `kindup up` takes away.'],
  ])('refuses %j with a suggestion', async (args, message, hint) => {
    const ran = await at.run('undeploy', '--json', ...args)
    expect(ran.code).toBe(2)
    expect(ran.json()['error']).toMatchObject({ code: 'flags', message, hints: [hint] })
  })

  it('takes one service out of one environment, its names too, and says who needs it', async () => {
    const ran = await at.well('undeploy', 'web', '--env', 'dev', '--json')
    expect(ran.json()).toEqual({
      cluster: 'shop',
      removed: ['service/web@dev', `dev.web.test in ${at.path('hosts')}`],
      kept: ['namespace dev'],
      warnings: ['service/api@dev needs service/web@dev, and stays.'],
      seconds: expect.any(Number),
    })
    const { state } = at.api('shop')
    expect(state.get(inDev('Deployment', 'web', 'apps/v1'))).toBeUndefined()
    expect(state.get(inDev('Deployment', 'api', 'apps/v1'))).toBeDefined()
    expect(state.get({ ...inDev('Deployment', 'web', 'apps/v1'), namespace: 'prod' })).toBeDefined()
    const hosts = await at.read('hosts')
    expect(hosts).not.toContain('dev.web.test')
    expect(hosts).toContain('prod.web.test')
    expect(hosts).toContain('shop.test')
  })

  it('finds nothing to do the second time', async () => {
    const ran = await at.well('undeploy', 'web', '--env', 'dev', '--json')
    expect(ran.json()).toMatchObject({ removed: [], kept: [] })
    expect((await at.well('undeploy', 'web@dev')).stdout).toBe('Nothing of that is deployed to shop.\n')
  })

  it('waits for nobody, and shows what the plan makes of it', async () => {
    const plan = await at.well('plan', '--json')
    expect(
      plan
        .json()
        .steps.filter(({ action }) => action !== 'none')
        .map(({ id }) => id),
    ).toEqual(['service/web@dev', 'service/api@dev', 'hosts'])
  })

  it('takes a whole environment, from a folder whose file is broken, with the name of the cluster alone', async () => {
    await at.write('elsewhere/kindup.yaml', 'name: [oh\n')
    const ran = soundly(at, await at.kindup(['undeploy', '--env', 'prod', '--name', 'shop', '--json'], {}, 'elsewhere'))
    expect(ran.code).toBe(0)
    expect(ran.json()).toMatchObject({
      removed: ['service/web@prod', 'namespace prod', `prod.web.test in ${at.path('hosts')}`],
      kept: [],
    })
    expect(at.api('shop').state.get({ apiVersion: 'v1', kind: 'Namespace', name: 'prod' })).toBeUndefined()
  })

  it('takes what the file no longer names', async () => {
    await at.edit('  api:\n', '  later:\n')
    const ran = await at.well('undeploy', 'api', '--json')
    expect(ran.json()).toMatchObject({ removed: ['service/api@dev', 'namespace dev'] })
    await at.edit('  later:\n', '  api:\n')
  })

  it('leaves what up brings back', async () => {
    const up = await at.well('up', '--json')
    const made = Object.fromEntries(up.json().steps.map(({ id, result }) => [id, result]))
    expect(made).toMatchObject({
      'service/web@dev': 'created',
      'service/web@prod': 'created',
      'service/api@dev': 'created',
      'cluster/nodes': 'unchanged',
    })
    expect(await at.read('hosts')).toContain('dev.web.test')
    expect((await at.well('plan', '--check')).stdout).toContain('Nothing would change.')
  })

  it('takes dependents away before what they need', async () => {
    const before = at.api('shop').state.requests.length
    await at.well('undeploy', '--env', 'dev')
    const deleted = at
      .api('shop')
      .state.requests.slice(before)
      .filter(({ method, path }) => method === 'DELETE' && path.includes('/deployments/'))
    expect(deleted.map(({ path }) => path.split('/').at(-1))).toEqual(['api', 'web'])
  })

  it('asks once what is in a namespace, however many services leave it', async () => {
    await at.well('up')
    const before = at.api('shop').state.requests.length
    expect((await at.well('undeploy', '--env', 'dev', '--json')).json()).toMatchObject({
      removed: ['service/api@dev', 'service/web@dev', 'namespace dev', expect.stringContaining('dev.web.test')],
      kept: [],
    })
    expect(looks(at, before)).toBe(1)
  })

  it('asks once too where `up` takes away what the file no longer has', async () => {
    await at.well('up')
    const file = await at.read('kindup.yaml')
    await at.edit('{ dev: {}, prod: {} }', '{ prod: {} }')
    await at.edit('    environments: [dev]\n', '')
    const before = at.api('shop').state.requests.length
    const up = await at.well('up', '--json')
    const made = Object.fromEntries(up.json().steps.map(({ id, result }) => [id, result]))
    expect(made).toMatchObject({ 'service/web@dev': 'removed', 'service/api@dev': 'removed' })
    expect(at.api('shop').state.get({ apiVersion: 'v1', kind: 'Namespace', name: 'dev' })).toBeUndefined()
    expect(looks(at, before)).toBe(1)
    await at.write('kindup.yaml', file)
  })

  it('leaves a cluster alone that is not marked as made by kindup', async () => {
    const marker = at.world.volumes.get('kindup-shop')
    at.world.volumes.delete('kindup-shop')
    const before = at.api('shop').state.requests.length
    for (const args of [
      ['undeploy', '--env', 'prod'],
      ['rollback', 'web'],
    ]) {
      const ran = await at.run(...args, '--json')
      expect(ran.code).toBe(1)
      expect(errorOf(ran)).toMatchObject({ code: 'not-ours' })
    }
    expect(at.api('shop').state.requests.slice(before)).toEqual([])
    if (marker) at.world.volumes.set('kindup-shop', marker)
    expect(marker).toBeDefined()
  })

  it('has nothing to do without a cluster', async () => {
    await at.well('down')
    expect((await at.well('undeploy', 'web', '--json')).json()).toMatchObject({ removed: [] })
    const ran = await at.run('rollback', 'web', '--json')
    expect(ran.code).toBe(1)
    expect(errorOf(ran)).toMatchObject({ code: 'not-deployed', message: 'web is not deployed to shop.' })
  })
})

describe('undeploy that did not get to its end', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
    await at.edit('services:\n', 'secrets: { key: { from: { random: { KEY: 24 } } } }\nservices:\n')
    await at.well('up')
  })
  afterAll(() => at[Symbol.asyncDispose]())

  const inProd = (kind: string, name: string, apiVersion = 'v1') => ({ apiVersion, kind, name, namespace: 'prod' })

  it('is finished by the next one: copies of secrets, the namespace and the names', async () => {
    const { state } = at.api('shop')
    state.intercept(({ method, path }) =>
      method === 'DELETE' && path.endsWith('/namespaces/prod/secrets/key') ? 'cut' : undefined,
    )
    const ended = await at.run('undeploy', '--env', 'prod', '--json')
    expect(errorOf(ended)).toMatchObject({ code: 'api-unreachable' })
    expect(state.get(inProd('Deployment', 'web', 'apps/v1'))).toBeUndefined()
    expect(state.get(inProd('Secret', 'key'))).toBeDefined()
    state.intercept(undefined)
    const status = await at.run('status', '--json')
    expect(status.json().steps.find(({ id }) => id === 'service/web@prod')).toMatchObject({
      state: 'changed',
      why: expect.stringContaining('the last run did not finish it'),
    })
    const ran = await at.well('undeploy', '--env', 'prod', '--json')
    expect(ran.json()).toMatchObject({
      removed: ['service/web@prod', 'namespace prod', `prod.web.test in ${at.path('hosts')}`],
      kept: [],
    })
    expect(state.get(inProd('Secret', 'key'))).toBeUndefined()
    expect(state.get({ apiVersion: 'v1', kind: 'Namespace', name: 'prod' })).toBeUndefined()
    expect(await at.read('hosts')).not.toContain('prod.web.test')
    expect((await at.well('undeploy', '--env', 'prod', '--json')).json()).toMatchObject({ removed: [] })
  })

  it('is undone by up instead', async () => {
    const { state } = at.api('shop')
    await at.well('up')
    state.intercept(({ method, path }) =>
      method === 'DELETE' && path.endsWith('/namespaces/prod/secrets/key') ? 'cut' : undefined,
    )
    await at.run('undeploy', '--env', 'prod', '--json')
    state.intercept(undefined)
    await at.well('up')
    expect(state.get(inProd('Deployment', 'web', 'apps/v1'))).toBeDefined()
    expect((await at.well('plan', '--check')).stdout).toContain('Nothing would change.')
  })
})

describe('rollback', () => {
  let at: Shop
  const value = (namespace = 'dev') =>
    at.api('shop').state.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings' })?.['data']
  const settings = (text: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { value: "${text}" }\n`
  const write = (text: string, ...more: readonly string[]) =>
    at.write('web.yaml', [deployment('web', 'example/web'), service, settings(text), ...more].join('---\n'))
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n'
  beforeAll(async () => {
    at = await shop()
    await write('one')
    await at.well('up')
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('has nothing to go back to after one deployment', async () => {
    const ran = await at.run('rollback', 'web', '--json')
    expect(ran.code).toBe(1)
    expect(errorOf(ran)).toMatchObject({
      code: 'nothing-to-roll-back-to',
      message: 'service/web@dev has not been anything else since it was made: there is nothing before it.',
    })
  })

  it('goes back to what was, in one environment, and runs the smoke tests of then', async () => {
    await write('two', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra }\n')
    await at.well('up')
    await at.edit('path: /health', 'path: /other')
    expect(value()).toEqual({ value: 'two' })
    const ran = await at.well('rollback', 'web', '--env', 'dev', '--json')
    expect(ran.json()).toEqual({
      cluster: 'shop',
      steps: [{ id: 'service/web@dev', result: 'updated', seconds: expect.any(Number) }],
      warnings: [],
      smoke: [expect.objectContaining({ step: 'service/web@dev', name: 'GET /health', ok: true })],
      seconds: expect.any(Number),
    })
    expect(value()).toEqual({ value: 'one' })
    expect(value('prod')).toEqual({ value: 'two' })
    expect(at.api('shop').state.get(inDev('ConfigMap', 'extra'))).toBeUndefined()
    await at.edit('path: /other', 'path: /health')
  })

  it('is told by status and plan', async () => {
    const status = await at.run('status', '--json')
    expect(status.code).toBe(1)
    expect(status.json()['steps']).toContainEqual({
      id: 'service/web@dev',
      state: 'changed',
      why: expect.stringMatching(/^it was rolled back to what it was at \S+ \S+ UTC; its files changed$/),
    })
  })

  it('goes forward again the second time, and is as the file says then', async () => {
    const ran = await at.well('rollback', 'web@dev')
    expect(ran.stdout).toContain('Rolled back service/web@dev')
    expect(value()).toEqual({ value: 'two' })
    expect(at.api('shop').state.get(inDev('ConfigMap', 'extra'))).toBeDefined()
    expect((await at.well('plan', '--check')).stdout).toContain('Nothing would change.')
  })

  it('leads to the last one that was ready after a deployment that failed', async () => {
    await write('three')
    at.world.request = (_request, response) => void response.writeHead(500).end()
    const failed = await at.run('up', '--json', '--env', 'dev')
    expect(failed.code).toBe(1)
    expect(value()).toEqual({ value: 'three' })
    at.world.request = (_request, response) => void response.end('{"Status":"Success"}')
    await at.well('rollback', 'web', '--env', 'dev')
    expect(value()).toEqual({ value: 'two' })
  })

  it('is undone by up', async () => {
    await at.well('up')
    expect(value()).toEqual({ value: 'three' })
  })

  it('takes the host names of then with it', async () => {
    await at.edit('{env}.web.test', '{env}.new.test')
    await at.well('up')
    expect(await at.read('hosts')).toMatch(/dev\.new\.test[^]*prod\.new\.test/)
    await at.well('rollback', 'web', '--env', 'dev')
    const hosts = await at.read('hosts')
    for (const name of ['dev.web.test', 'prod.new.test', 'shop.test']) expect(hosts).toContain(name)
    for (const name of ['dev.new.test', 'prod.web.test']) expect(hosts).not.toContain(name)
    await at.edit('{env}.new.test', '{env}.web.test')
    await at.well('up')
  })

  it('refuses, and changes nothing, where its image was built again under the same tag', async () => {
    await at.edit('tag: hash', 'tag: fixed')
    await at.well('up')
    await at.write('web/Dockerfile', 'FROM scratch\nLABEL a=b\n')
    await at.well('up')
    const before = at.api('shop').state.requests.length
    const ran = await at.run('rollback', 'web', '--env', 'dev', '--json')
    expect(ran.code).toBe(1)
    expect(errorOf(ran)).toMatchObject({
      code: 'image-lost',
      message: expect.stringContaining('example/web:fixed was built again since, under the same tag'),
    })
    const writes = at
      .api('shop')
      .state.requests.slice(before)
      .filter(({ method, path }) => method !== 'GET' && !/\/leases|\/namespaces\/kindup$/.test(path))
    expect(writes).toEqual([])
  })

  it('shows no secret', async () => {
    const { stdout, stderr } = await at.run('rollback', 'api')
    for (const secret of Object.values(passwords)) expect(stdout + stderr).not.toContain(secret)
  })
})
