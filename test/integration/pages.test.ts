import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shop, type Shop } from './shop.ts'

// Everything that is found before an engine is asked: with nothing at all on the PATH.
describe('the page of', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop({ programs: [] })
  })
  afterEach(() => at[Symbol.asyncDispose]())

  const page = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await at.run(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^✗ /)
    return stderr
  }

  it('a folder without a file', async () => {
    await rm(at.path('kindup.yaml'))
    expect(await page('up')).toMatch(/no kindup\.yaml[^]*kindup init/)
    expect((await at.run()).stderr).toContain('There is no kindup.yaml here: `kindup init`')
  })

  it('a --config that is not there', async () => {
    expect(await page('up', '--config', 'missing.yaml')).toContain(
      `--config missing.yaml: there is no file ${at.path('missing.yaml')}.`,
    )
  })

  it('YAML that does not parse, as text and as a document', async () => {
    await at.write('kindup.yaml', 'name: [oh\n')
    expect(await page('up')).toContain('kindup.yaml:2:1 This is no YAML')
    const { code, stderr, json } = await at.run('up', '--json')
    expect([code, stderr]).toEqual([2, ''])
    expect(json()).toEqual({
      error: {
        code: 'config',
        message: expect.stringContaining('has one problem'),
        hints: [],
        problems: [
          {
            message: expect.stringContaining('This is no YAML'),
            at: { file: at.path('kindup.yaml'), line: 2, column: 1 },
            hint: expect.any(String),
          },
        ],
      },
    })
  })

  it('an unknown key, with what was meant', async () => {
    await at.edit('placement:', 'placment:')
    const text = await page('plan')
    expect(text).toContain('kindup.yaml:14:5 services.web has no key "placment"')
    expect(text).toContain('Did you mean placement?')
  })

  it('an unknown flag and an unknown command, with what was meant', async () => {
    expect(await page('up', '--jsn')).toMatch(/--jsn[^]*Did you mean --json\?/)
    expect(await page('upp')).toMatch(/upp[^]*Did you mean up\?/)
    const { code, json } = await at.run('upp', '--json')
    expect(code).toBe(2)
    expect(json()).toMatchObject({ error: { code: 'flags', hints: ['Did you mean up?', expect.any(String)] } })
  })

  it('any mistake, in colour only where somebody looks', async () => {
    const escapes = async (env: Readonly<Record<string, string | undefined>>): Promise<boolean> =>
      (await at.start(['up', '--config', 'missing.yaml'], env).ended).stderr.includes('\u001b')
    expect(await escapes({ NO_COLOR: undefined })).toBe(false)
    expect(await escapes({ NO_COLOR: undefined, FORCE_COLOR: '1' })).toBe(true)
    expect(await escapes({ NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false)
  })

  it('an environment or a step that is not in the file, with those that are', async () => {
    expect(await page('plan', '--env', 'stage')).toMatch(/no environment stage[^]*dev, prod/)
    expect(await page('up', '--only', 'service/wep@dev')).toMatch(/service\/wep@dev[^]*service\/web@dev/)
  })

  it('a manifest with a key twice and an API that is gone, each once, with the line', async () => {
    await at.write(
      'web.yaml',
      [
        'apiVersion: v1',
        'kind: ConfigMap',
        'metadata: { name: settings }',
        'data:',
        '  colour: red',
        '  colour: blue',
        '---',
        'apiVersion: autoscaling/v2beta2',
        'kind: HorizontalPodAutoscaler',
        'metadata: { name: web }',
        '',
      ].join('\n'),
    )
    const text = await page('up')
    expect(text).toContain('shop cannot be made as the file says: 2 problems.')
    expect(text.match(/web\.yaml:6:3 The key `colour` is written twice/g)).toHaveLength(1)
    expect(text).toMatch(/web\.yaml:8 HorizontalPodAutoscaler web is written as autoscaling\/v2beta2/)
    expect(text).toContain('Write `apiVersion: autoscaling/v2`.')
    const plan = await at.run('plan', '--json')
    expect(plan.code).toBe(2)
    expect(plan.json()['problems']).toContainEqual({
      step: 'service/web@dev',
      at: { file: at.path('web.yaml'), line: 6, column: 3 },
      severity: 'error',
      message: expect.stringContaining('colour'),
      fix: expect.any(String),
    })
  })

  it('no container engine', async () => {
    const { code, stderr } = await at.run('up')
    expect(code).toBe(1)
    expect(stderr).toContain('No container engine answers.')
    expect(stderr).toContain('there is no program `docker` on the PATH')
    expect(stderr).toContain('https://docs.docker.com/get-docker/')
    const { code: same, json } = await at.run('up', '--json')
    expect(same).toBe(1)
    expect(json()).toMatchObject({ error: { code: 'engine-unreachable' } })
  })
})

describe('without an engine, a cluster or a network', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop({ programs: [] })
  })
  afterEach(() => at[Symbol.asyncDispose]())

  it('plans what up would do', async () => {
    const started = performance.now()
    const { code, stderr, json } = await at.run('plan', '--json')
    console.log(`plan without an engine: ${Math.round(performance.now() - started)} ms`)
    expect([code, stderr]).toEqual([0, ''])
    const needs = (...ids: string[]): unknown => expect.arrayContaining(ids)
    const step = (id: string, title: string, wanted: unknown) => ({
      id,
      title,
      needs: wanted,
      action: 'create',
      reason: expect.any(String),
    })
    const [image] = json().steps.flatMap(({ title }) => /example\/web:\w+/.exec(title)?.[0] ?? [])
    expect(json()).toEqual({
      cluster: 'shop',
      steps: [
        step('cluster/api', 'Cluster shop', []),
        step('cluster/nodes', '2 nodes', ['cluster/api']),
        step('image/web', `image ${image}`, ['cluster/api']),
        step('service/web@dev', 'web in dev', needs('cluster/api', 'image/web')),
        step('service/web@prod', 'web in prod', needs('cluster/api', 'image/web')),
        step('service/api@dev', 'api in dev', needs('cluster/api', 'service/web@dev')),
        step('hosts', `host names in ${at.path('hosts')}`, []),
      ],
      hosts: ['dev.web.test', 'prod.web.test', 'shop.test'],
      problems: [],
    })
  })

  it('shows no value of a secret that something wrong quotes', async () => {
    await at.edit('services:\n', 'secrets: { key: { from: { literals: { KEY: Hunter22Hunter } } } }\nservices:\n')
    await at.write('api.yaml', 'apiVersion: example.com/v1\nkind: Hunter22Hunter\nmetadata: { name: x }\n')
    for (const args of [['plan'], ['plan', '--json'], ['up', '--json']]) {
      const { code, stdout, stderr } = await at.run(...args)
      expect(code).toBe(2)
      expect(stdout + stderr).toContain('***')
      expect(stdout + stderr).not.toContain('Hunter22Hunter')
    }
  })

  it('ends plan --check with 3', async () => {
    expect((await at.run('plan', '--check')).code).toBe(3)
  })

  it('warns once of what a render takes into several environments', async () => {
    const text = await at.read('web.yaml')
    await at.write(
      'web.yaml',
      `${text}---\napiVersion: v1\nkind: Service\nmetadata: { name: lost }\nspec: { type: LoadBalancer, ports: [{ port: 90 }] }\n`,
    )
    const { stderr } = await at.run('render', '--out', 'once')
    expect(stderr.match(/Service lost is a LoadBalancer/g)).toHaveLength(1)
    await at.write('web.yaml', text)
  })

  it('renders into a folder', async () => {
    const { code, stdout, stderr } = await at.run('render', '--out', 'out')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.trim().split('\n').toSorted()).toEqual([
      'out/hosts.txt',
      'out/kind.yaml',
      'out/service/api@dev/manifests.yaml',
      'out/service/web@dev/manifests.yaml',
      'out/service/web@prod/manifests.yaml',
    ])
    expect(await at.read('out/hosts.txt')).toBe(
      '127.0.0.1 dev.web.test\n127.0.0.1 prod.web.test\n127.0.0.1 shop.test\n',
    )
    expect(await at.read('out/kind.yaml')).toMatch(/role: worker\n\s+labels:\n\s+tier: backend/)
    const web = await at.read('out/service/web@prod/manifests.yaml')
    expect(web).toMatch(/image: example\/web:[0-9a-f]{12}/)
    expect(web).toContain('host: prod.web.test')
    expect(web).toMatch(/nodeSelector:\n\s+tier: backend/)
  })

  it('edits one hosts file and nothing else', async () => {
    await at.write('names', '10.0.0.1 nas\n')
    const hosts = (verb: string, ...more: readonly string[]) =>
      at.run('hosts', verb, '--hosts-file', at.path('names'), '--name', 'other', ...more)
    const applied = await hosts('apply', '--host', 'a.test', '--host', 'b.test', '--json')
    expect(applied.code).toBe(0)
    expect(applied.json()).toEqual({ file: at.path('names'), name: 'other', hosts: ['a.test', 'b.test'] })
    expect(await at.read('names')).toMatch(/^10\.0\.0\.1 nas\n[^]*127\.0\.0\.1 a\.test[^]*b\.test/)
    expect((await hosts('show')).stdout).toBe('a.test\nb.test\n')
    expect((await hosts('remove')).code).toBe(0)
    expect(await at.read('names')).toBe('10.0.0.1 nas\n')
    expect((await hosts('apply')).code).toBe(2)
  })
})
