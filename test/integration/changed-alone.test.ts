import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shop, type Ran, type Shop } from './shop.ts'

/** What of a service is no manifest, changed alone: `up` does what follows from it, and nothing else. */
describe('a part of the file that is no manifest, changed alone', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
    await at.well('up', '--yes')
  })
  afterAll(() => at[Symbol.asyncDispose]())

  const changed = (ran: Ran): readonly string[] =>
    ran
      .json()
      .steps.filter(({ result }) => result !== 'unchanged')
      .map(({ id }) => id)
  /** What was written into the cluster, apart from kindup's own records. */
  const written = (since: number): readonly string[] =>
    at
      .api('shop')
      .state.requests.slice(since)
      .filter(({ method, path }) => method !== 'GET' && !/\/leases|\/namespaces\/kindup/.test(path))
      .map(({ method, path }) => `${method} ${path}`)

  it('is a smoke test: it is run, and its service stays as it is', async () => {
    await at.edit('path: /health', 'path: /health, status: 200')
    const since = at.api('shop').state.requests.length
    expect((await at.well('plan')).stdout).toContain('its smoke tests changed')
    const ran = await at.well('up', '--yes', '--json')
    expect(changed(ran)).toEqual(['service/web@dev', 'service/web@prod'])
    expect(ran.json().smoke).toEqual([
      expect.objectContaining({ name: 'GET /health', ok: true }),
      expect.objectContaining({ name: 'GET /health', ok: true }),
    ])
    expect(written(since)).toEqual([])
    expect(changed(await at.well('up', '--yes', '--json'))).toEqual([])
  })

  it('is a smoke test that fails: it is run again until it passes', async () => {
    await at.edit('Status: Success }, timeout: 5s', 'Status: Fine }, timeout: 1ms')
    expect((await at.run('up', '--yes')).code).toBe(1)
    expect((await at.run('plan')).stdout).toContain('its smoke tests changed')
    await at.edit('Status: Fine }, timeout: 1ms', 'Status: Success }, timeout: 5s')
    expect(changed(await at.well('up', '--yes', '--json'))).toEqual([])
  })

  it('is a host name: it is written into the hosts file', async () => {
    await at.edit('extra: [shop.test]', 'extra: [shop.test, more.test]')
    expect(changed(await at.well('up', '--yes', '--json'))).toEqual(['hosts'])
    expect(await at.read('hosts')).toContain('more.test')
  })

  it('is a host name that a service declares', async () => {
    await at.edit('    needs: [web]', '    needs: [web]\n    hosts: [api.test]')
    expect(changed(await at.well('up', '--yes', '--json'))).toEqual(['hosts'])
    expect(await at.read('hosts')).toContain('api.test')
  })

  it('is a login: it is shown', async () => {
    await at.edit('username: admin', 'username: root')
    const ran = await at.well('up', '--yes', '--json')
    expect(changed(ran)).toEqual([])
    expect(ran.json()['credentials']).toContainEqual(expect.objectContaining({ name: 'shop', username: 'root' }))
  })
})
