import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  hostsBefore,
  kubeconfigBefore,
  passwords,
  shop,
  shopSteps as ids,
  soundly,
  type Ran,
  type Shop,
  resultsOf,
} from './shop.ts'

const unchanged = Object.fromEntries(ids.map((id) => [id, 'unchanged']))

describe('from up to down', () => {
  let at: Shop
  let first: Ran
  beforeAll(async () => {
    at = await shop()
    first = await at.well('up', '--json', '--trace', 'times/up.json')
  })
  afterAll(() => at[Symbol.asyncDispose]())

  /** What was written to the API since, the Lease of the run and its namespace left out. */
  const written = (since: number): string[] =>
    at
      .api('shop')
      .state.requests.slice(since)
      .filter(({ method, path }) => method !== 'GET' && !/\/leases|\/namespaces\/kindup$/.test(path))
      .map(({ method, path }) => `${method} ${path}`)

  it('answers up with the document of the contract', () => {
    const port = at.world.containers.get('shop-worker')?.ports[0]?.hostPort
    expect(first.json()).toEqual({
      cluster: { name: 'shop', context: 'kind-shop', kubeconfig: at.path('home/.kube/config') },
      steps: ids.map((id) => ({
        id,
        result: expect.stringMatching(/^(created|updated)$/),
        seconds: expect.any(Number),
      })),
      criticalPath: expect.arrayContaining([{ id: 'cluster/api', seconds: expect.any(Number) }]),
      warnings: [],
      smoke: expect.arrayContaining(
        ['dev', 'prod'].map((environment) => ({
          step: `service/web@${environment}`,
          name: 'GET /health',
          url: `http://${environment}.web.test:${port}/health`,
          ok: true,
          status: 200,
          ms: expect.any(Number),
        })),
      ),
      endpoints: [
        { name: 'web@dev', url: `http://dev.web.test:${port}` },
        { name: 'web@prod', url: `http://prod.web.test:${port}` },
      ],
      credentials: [
        { name: 'shop', username: 'admin', password: passwords.web, url: 'http://web.test' },
        { name: 'shop', username: 'admin', password: passwords.web, url: 'http://web.test' },
        { name: 'api', username: 'robot', password: passwords.api, url: 'http://api.test' },
      ],
      seconds: expect.any(Number),
    })
  })

  it('writes when each step ran, where that is asked for', async () => {
    const { traceEvents } = JSON.parse(await readFile(at.path('times/up.json'), 'utf8')) as {
      readonly traceEvents: readonly { readonly name: string; readonly ph: string }[]
    }
    const spans = traceEvents.filter(({ ph }) => ph === 'X').map(({ name }) => name)
    expect(spans).toEqual(expect.arrayContaining(['plan', ...ids]))
  })

  it('leaves in the cluster what the file says, on the nodes it says', () => {
    const { state } = at.api('shop')
    const [image] = [...at.world.images.keys()]
    for (const namespace of ['dev', 'prod']) {
      const web = state.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' })
      expect(web?.spec?.['template']).toMatchObject({
        spec: { nodeSelector: { tier: 'backend' }, containers: [{ image }] },
      })
    }
    expect(at.world.containers.get('shop-worker')?.images.has(`docker.io/${image}`)).toBe(true)
    expect(at.world.containers.get('shop-control-plane')?.images.size).toBe(0)
  })

  it('splices the kubeconfig and the hosts file', async () => {
    const kubeconfig = await at.read('home/.kube/config')
    expect(kubeconfig).toContain('- cluster: {server: https://work.test:6443}   # do not touch')
    expect(kubeconfig).toContain('current-context: kind-shop')
    expect(kubeconfig).toContain(at.api('shop').url)
    const hosts = await at.read('hosts')
    expect(hosts.startsWith(hostsBefore)).toBe(true)
    expect(hosts.match(/^127\.0\.0\.1\s+\S+/gm)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('dev.web.test'),
        expect.stringContaining('prod.web.test'),
        expect.stringContaining('shop.test'),
      ]),
    )
  })

  it('says where the context is to a shell whose kubectl reads another file', async () => {
    const [own, other] = [at.path('home/.kube/config'), at.path('other.yaml')]
    const withFiles = async (files: string): Promise<Ran> =>
      soundly(at, await at.kindup(['up', '--json'], { KUBECONFIG: files }))
    const elsewhere = await withFiles(other)
    expect(resultsOf(elsewhere)).toEqual(unchanged)
    expect(elsewhere.json()['warnings']).toEqual([
      `kubectl does not read ${own} here, which leads to kind-shop: export KUBECONFIG=${own}`,
    ])
    expect((await withFiles(`${other}:${own}`)).json()['warnings']).toEqual([])
  })

  it('changes nothing the second time', async () => {
    const [calls, requests] = [at.changes().length, at.api('shop').state.requests.length]
    const again = await at.well('up', '--json')
    expect(resultsOf(again)).toEqual(unchanged)
    expect(again.json()).toMatchObject({
      endpoints: first.json()['endpoints'],
      credentials: first.json()['credentials'],
    })
    expect(at.changes().slice(calls)).toEqual([])
    expect(again.stderr).toBe('')
    expect(written(requests)).toEqual([])
  })

  it('prints for people where everything is', async () => {
    const { stdout, stderr } = await at.well('up', '--quiet')
    expect(stderr).toBe('')
    expect(stdout).toMatch(/http:\/\/dev\.web\.test:\d+/)
    expect(stdout).toContain(passwords.api)
    expect(stdout).toContain('nothing was changed')
  })

  it('says that all is well', async () => {
    const [status, plan] = [await at.well('status', '--json'), await at.well('plan', '--check', '--json')]
    expect(status.json()).toEqual({
      cluster: 'shop',
      healthy: true,
      steps: expect.arrayContaining(ids.map((id) => ({ id, state: 'ready', why: null }))),
    })
    expect(plan.json().steps.map(({ action }) => action)).toEqual(ids.map(() => 'none'))
  })

  it('says what leads nowhere although all of it runs, and leaves it alone', async () => {
    const { state } = at.api('shop')
    const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'dev', name: 'web' }
    const service = state.get(ref)
    if (!service) throw new Error('there is no Service dev/web')
    state.put({ ...service, spec: { ...(service['spec'] as object), selector: { app: 'wbe' } } })
    const { code, json } = await at.run('status', '--json')
    expect([code, json().steps.find(({ id }) => id === 'service/web@dev')]).toEqual([
      0,
      { id: 'service/web@dev', state: 'ready', why: 'Service dev/web: it selects no pod (app=wbe)' },
    ])
    // As it is there now, with what it was told before.
    const { resourceVersion: _before, ...metadata } = service.metadata
    state.put({ ...service, metadata })
  })

  it('sees what others took away, and makes it again', async () => {
    at.api('shop').state.remove({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'prod', name: 'web' })
    const status = await at.run('status', '--json')
    expect(status.code).toBe(1)
    expect(status.json()).toMatchObject({ healthy: false })
    expect(status.json()['steps']).toContainEqual({
      id: 'service/web@prod',
      state: 'broken',
      why: 'Deployment prod/web is gone',
    })
    const plan = await at.run('plan', '--check', '--json')
    expect(plan.code).toBe(3)
    expect(plan.json()['steps']).toContainEqual(
      expect.objectContaining({ id: 'service/web@prod', action: 'update', reason: 'Deployment prod/web is gone' }),
    )
    const up = await at.well('up', '--json', '--quiet')
    expect(resultsOf(up)).toEqual({ ...unchanged, 'service/web@prod': 'updated' })
    expect(up.stderr).toBe('')
  })

  it('prints the ways to log in', async () => {
    const { json } = await at.well('credentials', '--json')
    expect(json()).toEqual({ cluster: 'shop', credentials: first.json()['credentials'] })
    const inCi = await at.kindup(['credentials'], { CI: 'true' })
    expect(inCi.stdout).toContain('hidden in CI logs')
    expect(inCi.stdout).not.toContain(passwords.api)
  })

  it('runs the smoke tests again, and tells a wrong answer', async () => {
    const well = await at.well('test', '--json')
    expect(well.json().smoke.map(({ ok }) => ok)).toEqual([true, true])
    expect((await at.well('smoke', '--json')).json().smoke).toHaveLength(2)
    const before = at.world.request
    at.world.request = (_request, response) => void response.end('{"Status":"Sick"}')
    const ill = await at.run('test', '--junit', 'smoke.xml')
    at.world.request = before
    expect(await readFile(at.path('smoke.xml'), 'utf8')).toContain('<testsuites name="shop" tests="2" failures="2"')
    expect(ill.code).toBe(1)
    expect(ill.stdout).toContain('Sick')
    expect(ill.stdout).toContain('0 passed, 2 failed.')
  })

  it('shows the names that lead here', async () => {
    const { json } = await at.well('hosts', 'show', '--json')
    expect(json()).toEqual({
      file: at.path('hosts'),
      name: 'shop',
      hosts: ['dev.web.test', 'prod.web.test', 'shop.test'],
    })
  })

  it('removes nothing where flags narrow the walk, and what the file lost where they do not', async () => {
    await at.edit('  api:\n', '  later:\n')
    await at.edit('./api.yaml', './later.yaml')
    await at.write('later.yaml', await at.read('api.yaml').then((text) => text.replaceAll(/\bapi\b/g, 'later')))
    const api = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'api' }
    for (const flags of [
      ['--only', 'service/web@dev'],
      ['--skip', 'service/later@dev'],
      ['--env', 'prod'],
    ]) {
      const narrowed = await at.well('up', '--json', ...flags)
      expect(Object.values(resultsOf(narrowed))).not.toContain('removed')
      expect(at.api('shop').state.get(api)).toBeDefined()
    }
    const whole = await at.well('up', '--json')
    expect(resultsOf(whole)).toMatchObject({ 'service/api@dev': 'removed', 'service/later@dev': 'created' })
    expect(at.api('shop').state.get(api)).toBeUndefined()
    expect(at.api('shop').state.get({ ...api, name: 'later' })).toBeDefined()
  })

  it('corrects labels in place, and makes again only when told to what cannot be', async () => {
    await at.edit('labels: { tier: backend }', 'labels: { tier: backend, disk: ssd }')
    expect(resultsOf(await at.well('up', '--json'))).toMatchObject({ 'cluster/nodes': 'updated' })
    const node = { apiVersion: 'v1', kind: 'Node', name: 'shop-worker' }
    expect(at.api('shop').state.get(node)?.metadata.labels).toMatchObject({ tier: 'backend', disk: 'ssd' })

    await at.write('data/x', '')
    await at.edit('hosts: {', '      mounts: ["./data:/data"]\n    - role: worker\nhosts: {')
    const refused = await at.run('up', '--json')
    expect(refused.code).toBe(1)
    expect(refused.json()).toMatchObject({
      error: { code: 'recreate-needed', hints: expect.arrayContaining([expect.stringContaining('--recreate')]) },
    })
    // What is ready in the old cluster goes with it, and is made again.
    expect(Object.values(resultsOf(await at.well('up', '--json', '--recreate')))).toEqual([
      'updated',
      ...Array.from({ length: 5 }, () => expect.stringMatching(/^(created|updated)$/) as string),
      'unchanged',
    ])
    expect([...at.world.containers.keys()]).toEqual(['shop-control-plane', 'shop-worker', 'shop-worker2'])
    expect((await at.well('plan', '--check')).stdout).toContain('Nothing would change.')
  })

  it('keeps the cluster from another file of that name', async () => {
    await at.write('elsewhere/kindup.yaml', 'name: shop\n')
    for (const command of ['plan', 'up']) {
      const ended = soundly(at, await at.kindup([command, '--json'], {}, 'elsewhere'))
      expect(ended.code).toBe(1)
      expect(ended.json()).toMatchObject({
        error: { code: 'name-taken', message: expect.stringContaining(`belongs to ${at.path('kindup.yaml')}`) },
      })
    }
  })

  it('is looked at with the name alone, from a folder whose file is broken or missing', async () => {
    const lookedIn = async (folder: string, args: readonly string[]) => soundly(at, await at.kindup(args, {}, folder))
    // Beside the sandbox: a folder within it has the file above.
    const probed = async (...args: readonly string[]) => lookedIn('..', args)
    await at.write('elsewhere/kindup.yaml', 'name: [oh\n')
    expect((await lookedIn('elsewhere', ['status'])).stderr).toContain('This is no YAML')
    const broken = await lookedIn('elsewhere', ['status', '--name', 'shop', '--json'])
    expect(broken.stderr).toContain('The file has mistakes')
    const missing = await probed('status', '--name', 'shop', '--json')
    expect(missing.stderr).toBe('')
    for (const { code, json } of [broken, missing]) {
      expect(code).toBe(0)
      expect(json()).toMatchObject({ cluster: 'shop', healthy: true })
      expect(json().steps.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['cluster/api', 'cluster/nodes', 'service/web@dev', 'service/web@prod']),
      )
    }
    for (const namespace of ['dev', 'prod'])
      at.api('shop').state.put({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'login', namespace, labels: { 'kindup.dev/credentials': 'shop' } },
        data: { username: 'YWRtaW4=', password: Buffer.from(passwords.api).toString('base64') },
      })
    const logins = await probed('credentials', '--name', 'shop', '--json')
    expect(logins.code).toBe(0)
    const login = { name: 'shop', username: 'admin', password: passwords.api }
    expect(logins.json()['credentials']).toEqual([login, login])
    expect(logins.stderr).toContain('want the file')
    expect((await probed('credentials', '--name', 'shop')).stdout.match(/shop@\S+/g)).toEqual(['shop@dev', 'shop@prod'])
    for (const command of ['status', 'credentials']) {
      const none = await probed(command, '--name', 'nobody')
      expect([none.code, none.stdout]).toEqual([1, ''])
      expect(none.stderr).toContain('There is no cluster nobody.')
      const unnamed = await probed(command)
      expect(unnamed.code).toBe(2)
      expect(unnamed.stderr).toContain('--name NAME')
    }
  })

  it('takes everything away with the name alone, from a folder whose file is broken', async () => {
    await at.write('elsewhere/kindup.yaml', 'name: [oh\n')
    const { removed, ...rest } = soundly(
      at,
      await at.kindup(['down', '--name', 'shop', '--json'], {}, 'elsewhere'),
    ).json()
    expect(rest).toEqual({ kept: ['network kind'], seconds: expect.any(Number) })
    expect(removed.toSorted()).toEqual([
      '3 names in ' + at.path('hosts'),
      'container shop-control-plane',
      'container shop-worker',
      'container shop-worker2',
      'context kind-shop in ' + at.path('home/.kube/config'),
      'volume kindup-shop',
    ])
    expect([at.world.containers.size, at.world.volumes.size]).toEqual([0, 0])
    expect(await at.read('home/.kube/config')).toBe(kubeconfigBefore)
    expect(await at.read('hosts')).toBe(hostsBefore)
  })

  it('takes nothing away the second time', async () => {
    const again = await at.well('down', '--json')
    expect(again.json()).toEqual({ removed: [], kept: expect.any(Array), seconds: expect.any(Number) })
  })
})
