import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hostsBefore, shop, type Ran, type Shop } from './shop.ts'

const secret = 'q-pass-of-a-flag'
const set = ['--set', 'hosts.extra[1]=more.test', '--set', `services.web.credentials[0].password=${secret}`]
const image = ['--image', 'web=example/other:9']

const actions = (plan: Ran): Record<string, string> =>
  Object.fromEntries(plan.json().steps.flatMap(({ id, action }) => (action === 'none' ? [] : [[id, action]])))

describe('what was set when it was brought up', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
    await at.well('up', ...set, ...image)
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('is known to what looks at it', async () => {
    const status = await at.well('status', '--json')
    expect(status.json()['healthy']).toBe(true)
    const credentials = await at.well('credentials', '--json')
    expect(credentials.stdout).toContain(secret)
    await at.well('test', '--json')
    expect((await at.well('hosts', 'show')).stdout).toContain('more.test')
    expect(await at.read('hosts')).toContain('more.test')
  })

  it('is in a Secret, and its values in nothing that is said', async () => {
    const { state } = at.api('shop')
    const kept = state.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup', name: 'settings' })
    expect(JSON.stringify(kept)).not.toContain(secret)
    expect(kept).toMatchObject({ type: 'kindup.dev/settings' })
    const { settings = '' } = { ...(kept?.['data'] as { settings?: string } | undefined) }
    expect(Buffer.from(settings, 'base64').toString()).toContain(secret)
    const plan = await at.well('plan')
    expect(plan.stderr).toContain('services.web.credentials[0].password')
    expect(plan.stderr).not.toContain(secret)
  })

  it('is nothing new where it is given again', async () => {
    const requests = at.api('shop').state.requests.length
    const again = await at.well('up', ...set, ...image, '--json')
    expect(again.json().steps.filter(({ result }) => result !== 'unchanged')).toEqual([])
    const written = at
      .api('shop')
      .state.requests.slice(requests)
      .filter(({ method, path }) => method !== 'GET' && !/\/leases|\/namespaces\/kindup$/.test(path))
    expect(written).toEqual([])
    expect(again.stderr).toBe('')
  })

  it('is missed loudly where nobody answers in time', async () => {
    // The time that it is waited for, and no other.
    const { timeout } = AbortSignal
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) =>
      ms === 30_000 ? AbortSignal.abort() : timeout.call(AbortSignal, ms),
    )
    const status = await at.run('status')
    expect(status.stderr).toContain('What was set when it was brought up cannot be read')
    const changes = at.changes().length
    for (const args of [
      ['up', '--only', 'hosts'],
      ['undeploy', 'api'],
      ['rollback', 'api'],
    ]) {
      const { code, json } = await at.run(...args, '--json')
      expect([args, code, json()]).toMatchObject([args, 1, { error: { code: 'settings-unread' } }])
    }
    expect(at.changes().length).toBe(changes)
    expect(await at.read('hosts')).toContain('more.test')
  })

  it('is not passed over by what changes something while the API is away', async () => {
    const { state } = at.api('shop')
    // Away as long as it is asked what was set, and back for all else.
    state.intercept(({ path }) => (path.endsWith('/secrets/settings') ? 'cut' : undefined))
    const changes = state.requests.length
    const { code, json } = await at.run('undeploy', 'api', '--json')
    expect([code, json()]).toMatchObject([1, { error: { message: expect.stringContaining('API') as unknown } }])
    expect(state.requests.slice(changes).filter(({ method }) => method !== 'GET')).toEqual([])
    state.intercept(undefined)
  })

  it('gives way to flags of the command itself', async () => {
    const status = await at.run('status', '--json', '--image', 'web=example/third:1')
    expect(status.code).toBe(1)
    expect(status.json().steps.filter(({ id }) => id.startsWith('service/web'))).toEqual([
      expect.objectContaining({ state: 'changed' }),
      expect.objectContaining({ state: 'changed' }),
    ])
  })

  it('stays in force for a walk of a part', async () => {
    const plan = await at.well('plan', '--only', 'service/api@dev', '--json')
    expect(actions(plan)).toEqual({})
    expect(plan.stderr).toContain('As it was brought up: --set hosts.extra[1]')
    const up = await at.well('up', '--only', 'service/api@dev', '--json')
    expect(up.json().steps.every(({ result }) => result === 'unchanged')).toBe(true)
    expect((await at.well('status', '--json')).json()['healthy']).toBe(true)
  })

  it('says what of it no longer fits the file, and goes by the file', async () => {
    const before = await at.read('kindup.yaml')
    await at.edit(
      '    image: { build: { context: ./web, args: { TOKEN: token-of-a-build } }, name: example/web, tag: hash }\n',
      '',
    )
    const status = await at.run('status', '--json')
    expect(status.stderr).toContain('--image web=example/other:9')
    expect(status.stderr).toContain('no longer fits')
    expect(status.code).toBe(1)
    await at.write('kindup.yaml', before)
  })

  it('is dropped by an up of the whole without it: plan and up both say so', async () => {
    const plan = await at.well('plan', '--json')
    expect(actions(plan)).toMatchObject({ 'image/web': 'create', hosts: 'update' })
    expect(plan.stderr).toContain('No longer set: --set hosts.extra[1]')
    const up = await at.well('up', '--json')
    expect(up.stderr).toContain('No longer set: --set hosts.extra[1]')
    expect((await at.well('status', '--json')).json()['healthy']).toBe(true)
    expect((await at.well('plan')).stderr).not.toContain('No longer set')
    expect(await at.read('hosts')).not.toContain('more.test')
  })

  it('counts where the hosts file was left alone', async () => {
    await at.well('hosts', 'remove')
    expect(await at.read('hosts')).toBe(hostsBefore)
    await at.well('up', '--no-hosts')
    expect((await at.well('status', '--json')).json()['healthy']).toBe(true)
    expect(await at.read('hosts')).toBe(hostsBefore)
  })
})

describe('a file with mistakes', () => {
  it.each([
    ['a key that nobody knows', (text: string) => `${text}nonsense: 1\n`],
    ['a file that is not there', (text: string) => text.replace('./api.yaml', './gone.yaml')],
    ['a variable that is not set', (text: string) => `${text}x-more: 1\ncrds: ["\${NOT_SET}"]\n`],
    ['no YAML at all', (text: string) => `${text}  - [broken: {\n`],
  ])('is no reason not to take its cluster away: %s', async (_what, spoil) => {
    await using at = await shop()
    await at.well('up', '--only', 'cluster/nodes')
    await at.write('kindup.yaml', spoil(await at.read('kindup.yaml')))
    expect((await at.run('plan')).code).toBe(2)
    const down = await at.well('down', '--json')
    expect(down.json().removed).toContain('container shop-control-plane')
    expect(down.stderr).toContain('The file has mistakes')
    expect(down.stderr).toContain('shop')
  })

  it('whose name nobody can tell asks for it', async () => {
    await using at = await shop()
    await at.write('kindup.yaml', 'name: ${NOT_SET}\n')
    const down = await at.run('down')
    expect(down.code).toBe(2)
    expect(down.stderr).toContain('--name NAME')
    await at.well('down', '--name', 'shop')
  })
})

describe('a part of the environments', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
    await at.well('up')
    await at.well('undeploy', '--env', 'prod')
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('brings back no names of another one', async () => {
    expect(await at.read('hosts')).not.toContain('prod.web.test')
    const plan = await at.well('plan', '--env', 'dev', '--json')
    expect(plan.json()['hosts']).toEqual(['dev.web.test', 'shop.test'])
    const up = await at.well('up', '--env', 'dev', '--json')
    expect(up.json().steps.every(({ result }) => result === 'unchanged')).toBe(true)
    expect(await at.read('hosts')).not.toContain('prod.web.test')
  })

  it('takes no names of another one away', async () => {
    await at.well('up', '--env', 'prod', '--json')
    expect(await at.read('hosts')).toContain('dev.web.test')
    expect(await at.read('hosts')).toContain('prod.web.test')
  })

  it('is what hosts and render are about', async () => {
    expect((await at.well('hosts', 'show', '--env', 'dev', '--json')).json()['hosts']).toEqual(['dev.web.test'])
    const rendered = await at.well('render', '--out', 'out', '--env', 'dev', '--json')
    expect(rendered.json()['files']).toEqual([
      'kind.yaml',
      'hosts.txt',
      'service/web@dev/manifests.yaml',
      'service/api@dev/manifests.yaml',
    ])
    expect(await at.read('out/hosts.txt')).toBe('127.0.0.1 dev.web.test\n127.0.0.1 shop.test\n')
    const one = await at.well('render', '--out', 'one', '--only', 'service/web@prod', '--json')
    expect(one.json()['files']).toEqual(['kind.yaml', 'hosts.txt', 'service/web@prod/manifests.yaml'])
    expect((await at.run('hosts', 'show', '--env', 'nope')).code).toBe(2)
  })
})
