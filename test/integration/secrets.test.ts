import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passwords, resultsOf, shop, type Shop } from './shop.ts'

const values = { user: 'robot-of-the-shop', url: 'kafka://robot:open=sesame@host/?a=b', literal: 'written-in-the-file' }

const secrets = `secrets:
  kafka:
    from: { envFile: ./creds.env, template: ./creds.env.template, literals: { MODE: ${values.literal} } }
    mount: { services: [web], path: /mnt/secrets }
  db: { from: { random: { PASSWORD: 24 } } }
  copy: { from: { secret: dev/api-login }, namespaces: [prod] }
`

const template = '# what the shop needs\nKAFKA_USER=somebody\nKAFKA_URL=\n'
describe('secrets from up to down', () => {
  let at: Shop
  const logs: Record<string, string> = {}
  beforeAll(async () => {
    at = await shop({ api: { logs } })
    await at.edit('services:\n', `${secrets}services:\n`)
    await at.write('creds.env.template', template)
  })
  afterAll(() => at[Symbol.asyncDispose]())

  const live = (namespace: string, name: string) =>
    at.api('shop').state.get({ apiVersion: 'v1', kind: 'Secret', namespace, name })
  const dataOf = (namespace: string, name: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries((live(namespace, name)?.['data'] ?? {}) as Record<string, string>).map(([key, value]) => [
        key,
        Buffer.from(value, 'base64').toString(),
      ]),
    )
  const byChance: string[] = []
  /** Nothing that was printed, run or kept on this machine holds any of the values, but the files they come from. */
  const isKept = (...texts: readonly string[]): void => {
    const files = readdirSync(at.path('cache'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
    expect(files.length).toBeGreaterThan(0)
    const read = (some: readonly string[]): string => some.map((file) => readFileSync(file, 'latin1')).join('\n')
    const onDisk = read(files)
    // A service's own Secret: it is in a file of the user's, and so in the render of that file, but nowhere else.
    expect(read(files.filter((file) => !file.startsWith(at.path('cache', 'renders'))))).not.toContain(passwords.api)
    const said = [...texts, ...at.calls, onDisk].join('\n')
    for (const value of [...Object.values(values), ...byChance]) {
      expect(said).not.toContain(value)
      expect(said).not.toContain(Buffer.from(value).toString('base64'))
    }
  }

  it('says how to begin where the file of secrets is not there yet', async () => {
    const { code, stderr } = await at.run('plan')
    expect(code).toBe(2)
    expect(stderr).toContain('secrets.kafka.from.envFile: the file ./creds.env does not exist. Its template does.')
    expect(stderr).toContain('cp creds.env.template creds.env')
  })

  it('says every key that is missing, with the line of the template, and changes nothing', async () => {
    await at.write('creds.env', 'export KAFKA_USER=\nKAFKA_ULR="x"\n')
    const { code, json } = await at.run('up', '--json')
    expect(code).toBe(2)
    expect(json()['error']).toMatchObject({
      problems: [
        {
          message: 'KAFKA_USER is empty in creds.env.',
          at: { file: at.path('creds.env.template'), line: 2 },
          hint: expect.any(String),
        },
        {
          message: 'KAFKA_URL is missing in creds.env.',
          at: { file: at.path('creds.env.template'), line: 3 },
          hint: 'Is it KAFKA_ULR there?',
        },
      ],
    })
    expect(at.changes()).toEqual([])
  })

  it('makes them before what reads them, and does nothing the second time', async () => {
    await at.write('creds.env', `KAFKA_USER=${values.user}\r\nKAFKA_URL="${values.url}"\r\n`)
    const first = await at.well('up', '--json', '--verbose')
    expect(resultsOf(first)).toMatchObject({
      'secret/kafka': 'created',
      'secret/db': 'created',
      'secret/copy': 'created',
    })
    for (const namespace of ['dev', 'prod'])
      expect(dataOf(namespace, 'kafka')).toEqual({
        KAFKA_USER: values.user,
        KAFKA_URL: values.url,
        MODE: values.literal,
      })
    expect(dataOf('prod', 'db')).toEqual(dataOf('dev', 'db'))
    byChance.push(dataOf('dev', 'db')['PASSWORD'] ?? '')
    expect(byChance).toEqual([expect.stringMatching(/^\w{24}$/)])
    expect(dataOf('prod', 'copy')).toEqual(dataOf('dev', 'api-login'))
    const second = await at.well('up', '--json', '--verbose')
    expect(new Set(Object.values(resultsOf(second)))).toEqual(new Set(['unchanged']))
    isKept(first.stdout, first.stderr, second.stdout, second.stderr)
  })

  it('plans a change of one file as that of its secret and of who reads it, and rolls that out', async () => {
    await at.write('creds.env', `KAFKA_USER=${values.user}\nKAFKA_URL=${values.url}\nTOPIC=new\n`)
    const planned = (await at.well('plan', '--json')).json().steps.filter(({ action }) => action !== 'none')
    expect(planned.map((one) => `${one.id}: ${(one as { reason?: string }).reason}`)).toEqual([
      'secret/kafka: its env file changed',
      'service/web@dev: its secrets changed',
      'service/web@prod: its secrets changed',
    ])
    const web = () =>
      at.api('shop').state.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'web' })?.metadata
    const before = web()?.generation ?? 0
    await at.well('up', '--json')
    expect(web()?.generation).toBeGreaterThan(before)
  })

  it('hides what an application says of them, on a run that only read them too', async () => {
    logs['web-'] = `starting as ${values.user} with ${byChance[0]}, logged in by ${passwords.api}\n`
    at.api('shop').state.behave('web', 'crashes')
    const manifests = await at.read('web.yaml')
    await at.write('web.yaml', manifests.replace('example/web', 'example/web:other'))
    const ended = await at.run('up', '--json', '--timeout', '10s')
    expect(ended.code).toBe(1)
    expect(ended.json()['error']).toMatchObject({
      message: expect.stringContaining('starting as *** with ***, logged in by ***'),
    })
    isKept(ended.stdout, ended.stderr)
    expect(ended.stdout).not.toContain(passwords.api)
    at.api('shop').state.behave('web', 'ready')
    await at.write('web.yaml', manifests)
    await at.well('up')
  })

  it('says with status what somebody took away or changed', async () => {
    at.api('shop').state.remove({ apiVersion: 'v1', kind: 'Secret', namespace: 'prod', name: 'copy' })
    const { code, json } = await at.run('status', '--json')
    expect(code).toBe(1)
    expect(json().steps.find(({ id }) => id === 'secret/copy')).toEqual({
      id: 'secret/copy',
      state: 'broken',
      why: 'Secret prod/copy is gone',
    })
  })

  it('writes them with render without their values', async () => {
    await at.well('render', '--out', 'out')
    const text = await at.read('out/secret/kafka/manifests.yaml')
    expect(text).toContain('KAFKA_USER: "***"')
    expect(text).not.toContain(values.user)
  })

  it('takes away what the file drops, and everything with down', async () => {
    await at.edit(secrets, secrets.slice(0, secrets.indexOf('  db:')))
    const { stdout } = await at.well('up', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      steps: expect.arrayContaining([
        expect.objectContaining({ id: 'secret/db', result: 'removed' }),
        expect.objectContaining({ id: 'secret/copy', result: 'removed' }),
      ]),
    })
    expect([live('dev', 'db'), live('prod', 'db'), live('prod', 'copy')]).toEqual([undefined, undefined, undefined])
    const down = await at.well('down', '--json')
    isKept(down.stdout, down.stderr)
  })
})

describe('secrets and --env', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
    const text =
      'secrets:\n  key: { from: { random: { KEY: 24 } } }\n  own: { from: { literals: { A: b } }, namespaces: [prod] }\n'
    await at.edit('services:\n', `${text}services:\n`)
  })
  afterAll(() => at[Symbol.asyncDispose]())

  const namespaces = () =>
    ['dev', 'prod'].filter((name) => at.api('shop').state.get({ apiVersion: 'v1', kind: 'Namespace', name }))
  const planned = async () =>
    (await at.well('plan', '--json')).json().steps.flatMap(({ id, action }) => (action === 'none' ? [] : [id]))

  it('leaves the namespaces of other environments alone, and a whole up makes what is missing', async () => {
    const first = resultsOf(await at.well('up', '--env', 'dev', '--json'))
    expect(first).toMatchObject({ 'secret/key': 'created' })
    expect(first).not.toHaveProperty('secret/own')
    expect(namespaces()).toEqual(['dev'])
    expect(await planned()).toEqual(expect.arrayContaining(['secret/key', 'secret/own', 'service/web@prod']))
    await at.well('up')
    expect(namespaces()).toEqual(['dev', 'prod'])
    expect(await planned()).toEqual([])
    for (const env of ['dev', 'prod'])
      expect(new Set(Object.values(resultsOf(await at.well('up', '--env', env, '--json'))))).toEqual(
        new Set(['unchanged']),
      )
  })

  it('does not bring an environment back that was taken out', async () => {
    await at.well('undeploy', '--env', 'dev')
    expect(namespaces()).toEqual(['prod'])
    const up = resultsOf(await at.well('up', '--env', 'prod', '--json'))
    expect(up).toMatchObject({ 'secret/key': 'unchanged', 'secret/own': 'unchanged' })
    expect(namespaces()).toEqual(['prod'])
    await at.well('up')
    expect(namespaces()).toEqual(['dev', 'prod'])
    expect(await planned()).toEqual([])
  })
})

describe('in a job of a GitHub runner', () => {
  const env = { GITHUB_ACTIONS: 'true', CI: 'true' }
  const masked = (stderr: string): readonly string[] =>
    stderr.split('\n').flatMap((line) => /^::add-mask::(.*)$/.exec(line)?.[1] ?? [])
  /** What holds for one literal secret, one drawn at random, and a walk whose first line is about the cluster. */
  const isMaskedFirst = (at: Shop, stderr: string): void => {
    const all = masked(stderr)
    expect(all).toEqual([...new Set(all)])
    expect(all).toContain(values.literal)
    expect(stderr.indexOf(`::add-mask::${values.literal}`)).toBeLessThan(stderr.indexOf('cluster/api'))
    const drawn = at.api('shop').state.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'dev', name: 'db' })
    const { PASSWORD = '' } = (drawn?.['data'] ?? {}) as { readonly PASSWORD?: string }
    expect(PASSWORD).not.toBe('')
    expect(all).toContain(Buffer.from(PASSWORD, 'base64').toString())
    // Nothing else shows them.
    expect(stderr.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(values.literal)
  }
  const world = async () => {
    const at = await shop()
    await at.edit(
      'services:\n',
      `secrets:
  app: { from: { literals: { MODE: ${values.literal} } } }
  db: { from: { random: { PASSWORD: 24 } } }
services:
`,
    )
    return at
  }

  it('up masks values before anything is made, and those that were drawn before it ends', async () => {
    await using at = await world()
    const { code, stderr, stdout } = await at.start(['up', '--quiet'], env).ended
    expect(code).toBe(0)
    expect(masked(stderr)).toContain(values.literal)
    expect(stdout).not.toContain('::add-mask::')
    await at.kindup(['down'])
    isMaskedFirst(at, (await at.start(['up'], env).ended).stderr)
  })

  it('up --watch does, and masks what a save brings before it is carried out', async () => {
    await using at = await world()
    const running = at.start(['up', '--watch'], env)
    await running.shown('Each save is carried out from now on.')
    const build = at.hold('docker build')
    await at.edit(values.literal, 'written-by-a-save')
    await at.write('web/index.html', 'new')
    await build.reachedBy(running)
    await running.shown('::add-mask::written-by-a-save')
    build.release()
    running.kill('SIGINT')
    const { code, stderr } = await running.ended
    expect([0, 130]).toContain(code)
    isMaskedFirst(at, stderr)
  })
})
