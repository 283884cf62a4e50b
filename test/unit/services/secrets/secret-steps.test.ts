import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SecretConfig } from '../../../../config/config.ts'
import { assess } from '../../../../core/assess.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { context } from '../../../support/steps.ts'
import { makeWorld } from '../deploy/world.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { readSecrets } from '../../../../services/secrets/read-secrets.ts'
import { isRealApi } from '../../../support/api-server/start-api-server.ts'

type Parts = Partial<Omit<SecretConfig, 'from'>> & { readonly from?: Partial<SecretConfig['from']> }
const madeSecret = (key: string, { from, ...parts }: Parts = {}): SecretConfig => ({
  key,
  from: { random: {}, sops: [], files: {}, literals: {}, ...from },
  namespaces: ['dev'],
  ...parts,
})

const refTo = (namespace: string, name: string) => ({ apiVersion: 'v1', kind: 'Secret', namespace, name })
const base64 = (text: string) => Buffer.from(text).toString('base64')

const deployment = (env: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: team/web, readinessProbe: { tcpSocket: { port: 80 } }, ${env} }] }
`

/** A world whose file has these secrets; `now.secrets` changes it. */
const worldWith = async (...first: readonly SecretConfig[]) => {
  const now: { secrets: readonly SecretConfig[]; leaves?: ReadonlySet<string> | undefined } = { secrets: first }
  const world = await makeWorld(
    undefined,
    () => now.secrets,
    [],
    () => now.leaves,
  )
  const dataOf = (namespace: string, name: string): Record<string, string> | undefined => {
    const secret = world.state.get(refTo(namespace, name))
    return (
      secret &&
      Object.fromEntries(
        Object.entries((secret['data'] ?? {}) as Record<string, string>).map(([key, value]) => [
          key,
          Buffer.from(value, 'base64').toString(),
        ]),
      )
    )
  }
  const web = async (env: string, id = 'service/web') => {
    const file = join(world.folder, 'web.yaml')
    await writeFile(file, deployment(env))
    return madeDeployable(id, { source: { kind: 'manifests', paths: [file] } })
  }
  const annotations = (): Record<string, string> => {
    const live = world.state.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'web' })
    const { template } = live!['spec'] as { template: { metadata: { annotations?: Record<string, string> } } }
    return template.metadata.annotations ?? {}
  }
  return { ...world, now, dataOf, web, annotations }
}

describe('a secret of the file', () => {
  it('is made in each of its namespaces, is left alone the second time, follows its data, and leaves what it no longer names', async () => {
    const kafka = madeSecret('kafka', { from: { literals: { USER: 'me' } }, namespaces: ['dev', 'prod'] })
    await using world = await worldWith(kafka)
    expect(await world.up([])).toEqual(['secret/kafka absent'])
    for (const namespace of ['dev', 'prod']) {
      expect(world.state.get(refTo(namespace, 'kafka'))).toMatchObject({
        type: 'Opaque',
        data: { USER: base64('me') },
        metadata: {
          labels: {
            'app.kubernetes.io/managed-by': 'kindup',
            'kindup.dev/cluster': 'demo',
            'kindup.dev/step': 'secret.kafka',
          },
        },
      })
    }
    const before = world.state.requests.length
    expect(await world.up([])).toEqual(['secret/kafka ready'])
    expect(world.state.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])

    world.now.secrets = [madeSecret('kafka', { from: { literals: { USER: 'you', MORE: '1' } }, namespaces: ['dev'] })]
    expect(await world.up([])).toEqual(['secret/kafka changed its literals and namespaces changed'])
    expect(world.dataOf('dev', 'kafka')).toEqual({ USER: 'you', MORE: '1' })
    expect(world.state.get(refTo('prod', 'kafka'))).toBeUndefined()
    expect(world.state.get({ apiVersion: 'v1', kind: 'Namespace', name: 'prod' })).toBeUndefined()

    world.now.secrets = []
    expect(await world.up([])).toEqual(['secret/kafka removed'])
    expect(world.state.get(refTo('dev', 'kafka'))).toBeUndefined()
    expect(world.state.get({ apiVersion: 'v1', kind: 'Namespace', name: 'dev' })).toBeUndefined()
  })

  it('holds files to the byte, and the type that the file says', async () => {
    await using world = await worldWith()
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
    await writeFile(join(world.folder, 'key.bin'), bytes)
    world.now.secrets = [
      madeSecret('tls', {
        type: 'kubernetes.io/tls',
        from: { files: { 'tls.key': join(world.folder, 'key.bin') }, literals: { 'tls.crt': 'x' } },
      }),
    ]
    await world.up([])
    expect(world.state.get(refTo('dev', 'tls'))).toMatchObject({
      type: 'kubernetes.io/tls',
      data: { 'tls.key': bytes.toString('base64') },
    })
    world.now.secrets = [madeSecret('tls', { from: { literals: { A: 'b' } } })]
    expect(await world.up([])).toEqual(['secret/tls changed its files, literals, and type changed'])
    expect(world.state.get(refTo('dev', 'tls'))).toMatchObject({ type: 'Opaque', data: { A: base64('b') } })
  })

  it('does not touch a Secret that somebody else made, and says so', async () => {
    await using world = await worldWith(
      madeSecret('kafka', { from: { literals: { A: 'b' } }, namespaces: ['dev', 'prod'] }),
    )
    world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' } })
    world.state.put({
      ...refTo('prod', 'kafka'),
      metadata: { name: 'kafka', namespace: 'prod' },
      data: { A: base64('x') },
    })
    await expect(world.up([])).rejects.toMatchObject({
      code: 'not-ours',
      message: expect.stringContaining('Secret prod/kafka'),
      hints: [expect.stringContaining('kubectl delete secret --namespace prod kafka'), expect.any(String)],
    })
    expect(world.dataOf('prod', 'kafka')).toEqual({ A: 'x' })
    expect(world.dataOf('dev', 'kafka')).toBeUndefined()
    world.now.secrets = []
    await world.up([])
    expect(world.dataOf('prod', 'kafka')).toEqual({ A: 'x' })
  })

  it('leaves a Secret that somebody put in the place of its own', async () => {
    await using world = await worldWith(madeSecret('kafka', { from: { literals: { USER: 'me' } } }))
    await world.up([])
    world.state.put({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'kafka', namespace: 'dev' },
      data: { USER: base64('theirs') },
    })
    world.now.secrets = []
    expect(await world.up([])).toEqual(['secret/kafka removed'])
    expect(world.dataOf('dev', 'kafka')).toEqual({ USER: 'theirs' })
  })

  it('says what somebody deleted or changed, and fixes it', async () => {
    await using world = await worldWith(madeSecret('kafka', { from: { literals: { A: 'one', B: 'two' } } }))
    await world.up([])
    world.state.remove(refTo('dev', 'kafka'))
    expect(await world.up([])).toEqual(['secret/kafka broken Secret dev/kafka is gone'])
    const live = world.state.get(refTo('dev', 'kafka'))!
    world.state.put({ ...live, data: { A: base64('other'), C: '' } })
    expect(await world.up([])).toEqual(['secret/kafka broken Secret dev/kafka is not as it was written last: A, B, C'])
    expect(world.dataOf('dev', 'kafka')).toEqual({ A: 'one', B: 'two' })
  })

  it('goes on where a run was killed between two namespaces', async () => {
    await using world = await worldWith(
      madeSecret('db', { from: { random: { PASSWORD: 20 } }, namespaces: ['dev', 'prod'] }),
    )
    world.state.intercept(({ method, path }) =>
      method === 'POST' && path.endsWith('/namespaces/prod/secrets') ? 'cut' : undefined,
    )
    await expect(world.up([])).rejects.toMatchObject({ code: 'api-unreachable' })
    const first = world.dataOf('dev', 'db')
    expect(first?.['PASSWORD']).toMatch(/^[A-Za-z0-9]{20}$/)
    world.state.intercept(undefined)
    expect(await world.up([])).toEqual(['secret/db changed the last run did not finish it: Secret prod/db is gone'])
    expect(world.dataOf('dev', 'db')).toEqual(first)
    expect(world.dataOf('prod', 'db')).toEqual(first)
    expect(await world.up([])).toEqual(['secret/db ready'])
  })

  it('is found by its record and taken away when a killed run had only begun it', async () => {
    await using world = await worldWith(
      madeSecret('db', { from: { literals: { A: 'b' } }, namespaces: ['dev', 'prod'] }),
    )
    world.state.intercept(({ method, path }) =>
      method === 'POST' && path.endsWith('/namespaces/prod/secrets') ? 'cut' : undefined,
    )
    await expect(world.up([])).rejects.toMatchObject({ code: 'api-unreachable' })
    world.state.intercept(undefined)
    world.now.secrets = []
    expect(await world.up([])).toEqual(['secret/db removed'])
    expect(world.state.get(refTo('dev', 'db'))).toBeUndefined()
    expect(world.state.get({ apiVersion: 'v1', kind: 'Namespace', name: 'prod' })).toBeUndefined()
  })
})

describe('a walk that is narrowed to environments', () => {
  const db = (namespaces: readonly string[], literal = 'b') =>
    madeSecret('db', { from: { literals: { A: literal }, random: { PASSWORD: 20 } }, namespaces })
  const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name })

  it('makes a secret in its namespaces alone, and a whole one makes the rest', async () => {
    await using world = await worldWith(db(['dev', 'prod', 'infra']))
    world.now.leaves = new Set(['prod'])
    expect(await world.up([])).toEqual(['secret/db absent'])
    const first = world.dataOf('dev', 'db')
    expect(world.dataOf('infra', 'db')).toEqual(first)
    expect(world.state.get(namespace('prod'))).toBeUndefined()
    expect(await world.up([])).toEqual(['secret/db ready'])
    world.now.leaves = undefined
    expect(await world.up([])).toEqual(['secret/db changed its namespaces changed'])
    expect(world.dataOf('prod', 'db')).toEqual(first)
    expect(await world.up([])).toEqual(['secret/db ready'])
    for (const leaves of [['prod'], ['dev'], ['dev', 'prod'], []]) {
      world.now.leaves = new Set(leaves)
      expect(await world.up([])).toEqual(['secret/db ready'])
    }
  })

  it('does not miss what is gone from another environment, and does not bring it back', async () => {
    await using world = await worldWith(db(['dev', 'prod']))
    await world.up([])
    const first = world.dataOf('dev', 'db')
    world.state.remove(refTo('dev', 'db'))
    world.now.leaves = new Set(['dev'])
    expect(await world.up([])).toEqual(['secret/db ready'])
    world.now.secrets = [db(['dev', 'prod'], 'other')]
    expect(await world.up([])).toEqual(['secret/db changed its literals changed'])
    expect(world.dataOf('dev', 'db')).toBeUndefined()
    world.now.leaves = undefined
    expect(await world.up([])).toEqual(['secret/db broken Secret dev/db is gone'])
    expect(world.dataOf('dev', 'db')).toEqual({ ...first, A: 'other' })
  })

  it('leaves older data in another environment, which a whole one brings up to date', async () => {
    await using world = await worldWith(db(['dev', 'prod']))
    await world.up([])
    world.now.secrets = [db(['dev', 'prod'], 'other')]
    world.now.leaves = new Set(['prod'])
    await world.up([])
    expect([world.dataOf('dev', 'db')?.['A'], world.dataOf('prod', 'db')?.['A']]).toEqual(['other', 'b'])
    world.now.leaves = undefined
    expect(await world.up([])).toEqual(['secret/db broken Secret prod/db is not as it was written last: A'])
    expect(world.dataOf('prod', 'db')).toEqual(world.dataOf('dev', 'db'))
  })

  it('removes nothing, and what the file dropped goes with a whole one', async () => {
    await using world = await worldWith(db(['dev', 'prod', 'infra']))
    await world.up([])
    world.now.secrets = [db(['dev'])]
    world.now.leaves = new Set(['prod'])
    await world.up([])
    for (const name of ['dev', 'prod', 'infra']) expect(world.dataOf(name, 'db')).toBeDefined()
    world.now.leaves = undefined
    expect(await world.up([])).toEqual(['secret/db changed its namespaces changed'])
    for (const name of ['prod', 'infra']) expect(world.state.get(namespace(name))).toBeUndefined()
    expect(await world.up([])).toEqual(['secret/db ready'])
  })

  it('goes on where a whole run was killed before it wrote to another environment', async () => {
    await using world = await worldWith(db(['dev', 'prod']))
    world.state.intercept(({ method, path }) =>
      method === 'POST' && path.endsWith('/namespaces/prod/secrets') ? 'cut' : undefined,
    )
    await expect(world.up([])).rejects.toMatchObject({ code: 'api-unreachable' })
    world.state.intercept(undefined)
    world.now.leaves = new Set(['prod'])
    expect(await world.up([])).toEqual(['secret/db changed the last run did not finish it'])
    expect(world.dataOf('prod', 'db')).toBeUndefined()
    world.now.leaves = undefined
    expect(await world.up([])).toEqual(['secret/db broken Secret prod/db is gone'])
    expect(world.dataOf('prod', 'db')).toEqual(world.dataOf('dev', 'db'))
  })

  it('minds nothing that somebody made in another environment, and takes no value from there', async () => {
    await using world = await worldWith(db(['dev', 'prod']))
    world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' } })
    world.state.put({
      ...refTo('prod', 'db'),
      metadata: { name: 'db', namespace: 'prod', annotations: { 'kindup.dev/random': 'PASSWORD' } },
      data: { PASSWORD: base64('theirs') },
    })
    world.now.leaves = new Set(['prod'])
    await world.up([])
    expect(world.dataOf('dev', 'db')?.['PASSWORD']).toMatch(/^\w{20}$/)
    world.now.leaves = undefined
    await expect(world.up([])).rejects.toMatchObject({ code: 'not-ours' })
  })
})

describe('generated values', () => {
  it('stay over runs, over new namespaces, over a Secret that is lost, and over a record that is lost', async () => {
    const db = (parts: Parts = {}) => madeSecret('db', { from: { random: { PASSWORD: 24 } }, ...parts })
    await using world = await worldWith(db())
    await world.up([])
    const first = world.dataOf('dev', 'db')
    world.now.secrets = [db({ namespaces: ['prod'] })]
    await world.up([])
    expect(world.dataOf('prod', 'db')).toEqual(first)
    world.state.remove(refTo('prod', 'db'))
    await world.up([])
    expect(world.dataOf('prod', 'db')).toEqual(first)
    for (const entry of world.state.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup' }))
      if (entry['type'] === 'kindup.dev/step') world.state.remove(refTo('kindup', entry.metadata.name))
    expect(await world.up([])).toEqual(['secret/db absent'])
    expect(world.dataOf('prod', 'db')).toEqual(first)
  })

  it('keep their length when the file asks for another, which is said; a value that was written down is not taken over', async () => {
    const db = (from: Parts['from']) => madeSecret('db', { from: from ?? {} })
    await using world = await worldWith(db({ random: { A: 10 }, literals: { B: 'from-the-file' } }))
    await world.up([])
    const first = world.dataOf('dev', 'db')
    world.now.secrets = [db({ random: { A: 30, B: 13 } })]
    const ctx = context()
    expect(await world.up([], ctx)).toEqual(['secret/db changed its random keys and literals changed'])
    expect(ctx.warnings).toEqual([expect.stringContaining('A of the secret db keeps its value of 10 characters')])
    expect(world.dataOf('dev', 'db')?.['A']).toBe(first?.['A'])
    expect(world.dataOf('dev', 'db')?.['B']).toMatch(/^[A-Za-z0-9]{13}$/)
    expect(await world.up([])).toEqual(['secret/db ready'])
  })
})

describe('a copy', () => {
  const copy = (parts: Parts = {}) => madeSecret('kafka', { from: { secret: 'shared/source' }, ...parts })
  const source = (value: string) => ({
    ...refTo('shared', 'source'),
    metadata: {
      name: 'source',
      namespace: 'shared',
      labels: { theirs: 'yes' },
      annotations: { 'helm.sh/x': 'y' },
      finalizers: ['example.com/stay'],
    },
    type: 'example.com/theirs',
    data: { USER: base64(value) },
  })

  it('holds data and type of its source, nothing of its metadata, and follows it', async () => {
    await using world = await worldWith(copy({ namespaces: ['dev', 'prod'] }))
    world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shared' } })
    world.state.put(source('me'))
    await world.up([])
    const made = world.state.get(refTo('prod', 'kafka'))!
    expect(made).toMatchObject({ type: 'example.com/theirs', data: { USER: base64('me') } })
    expect(made.metadata.labels).not.toHaveProperty('theirs')
    expect(made.metadata).not.toHaveProperty('annotations')
    expect(made.metadata).not.toHaveProperty('finalizers')
    expect(made.metadata.uid).not.toBe(world.state.get(refTo('shared', 'source'))?.metadata.uid)
    expect(await world.up([])).toEqual(['secret/kafka ready'])
    world.state.put({ ...world.state.get(refTo('shared', 'source'))!, data: { USER: base64('you') } })
    expect(await world.up([])).toEqual(['secret/kafka changed its Secret shared/source changed'])
    expect(world.dataOf('dev', 'kafka')).toEqual({ USER: 'you' })
    expect(world.dataOf('prod', 'kafka')).toEqual({ USER: 'you' })
  })

  it('comes behind what makes its source: a secret of the file, what renders it, what lives there and does not wait for it', async () => {
    const original = madeSecret('source', { from: { literals: { A: 'b' } }, namespaces: ['shared'] })
    await using world = await worldWith(copy(), original)
    const needsOf = async (deployables: Parameters<typeof world.steps>[0]) =>
      (await world.steps(deployables)).find(({ id }) => id === 'secret/kafka')?.needs
    expect(await needsOf([])).toEqual(['cluster/api', 'secret/source'])
    world.now.secrets = [copy()]
    const manifests = async (name: string, text: string, namespace: string) => {
      const file = join(world.folder, `${name}.yaml`)
      await writeFile(file, text)
      return madeDeployable(`service/${name}`, { namespace, source: { kind: 'manifests', paths: [file] } })
    }
    const maker = await manifests('maker', 'apiVersion: v1\nkind: Secret\nmetadata: { name: source }\n', 'shared')
    const other = await manifests('other', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\n', 'shared')
    const reader = {
      ...(await world.web('envFrom: [{ secretRef: { name: kafka } }]')),
      namespace: 'shared',
    }
    expect(await needsOf([maker, other])).toEqual(['cluster/api', 'service/maker'])
    expect(await needsOf([other])).toEqual(['cluster/api', 'service/other'])
    world.now.secrets = [copy({ namespaces: ['shared', 'dev'] })]
    expect(await needsOf([other, reader])).toEqual(['cluster/api', 'service/other'])
  })

  /** What is deployed to a namespace under its name: a Secret it makes, and one that it reads. */
  const service = async (
    folder: string,
    name: string,
    { makes, reads }: { readonly makes?: string; readonly reads: string },
  ) => {
    const file = join(folder, `${name}.yaml`)
    const secret = makes === undefined ? '' : `apiVersion: v1\nkind: Secret\nmetadata: { name: ${makes} }\n---\n`
    await writeFile(file, secret + deployment(`envFrom: [{ secretRef: { name: ${reads} } }]`))
    return madeDeployable(`service/${name}`, { namespace: name, source: { kind: 'manifests', paths: [file] } })
  }

  it('waits for nothing in the namespace of its source that waits for it through other copies', async () => {
    await using world = await worldWith(
      madeSecret('first', { from: { secret: 'one/theirs' }, namespaces: ['two'] }),
      madeSecret('second', { from: { secret: 'two/made' }, namespaces: ['one'] }),
    )
    const one = await service(world.folder, 'one', { reads: 'second' })
    const two = await service(world.folder, 'two', { makes: 'made', reads: 'first' })
    const needs = Object.fromEntries((await world.steps([one, two])).map((step) => [step.id, step.needs]))
    expect(needs).toMatchObject({
      'secret/first': ['cluster/api'],
      'secret/second': ['cluster/api', 'service/two'],
      'service/one': ['cluster/api', 'secret/second'],
      'service/two': ['cluster/api', 'secret/first'],
    })
  })

  it('says with its place that what makes its source waits for it', async () => {
    await using world = await worldWith(madeSecret('copy', { from: { secret: 'api/login' }, namespaces: ['api'] }))
    const api = await service(world.folder, 'api', { makes: 'login', reads: 'copy' })
    await expect(world.steps([api])).rejects.toMatchObject({
      exitCode: 2,
      problems: [
        {
          severity: 'error',
          step: 'secret/copy',
          at: madeConfig().at(['secrets', 'copy']),
          message: 'secret/copy is a copy of api/login, which service/api makes, and that waits for secret/copy.',
          hint: expect.stringContaining('api/login'),
        },
      ],
    })
    world.now.secrets = [
      madeSecret('a', { from: { secret: 'dev/b' } }),
      madeSecret('b', { from: { secret: 'dev/c' } }),
      madeSecret('c', { from: { secret: 'dev/a' } }),
    ]
    await expect(world.steps([])).rejects.toMatchObject({
      problems: [
        {
          message:
            'secret/a is a copy of dev/b, which secret/b makes, and that waits for secret/a (secret/b → secret/c → secret/a).',
        },
        { step: 'secret/b' },
        { step: 'secret/c' },
      ],
    })
  })

  it('says which Secret is not there when it does not come, and when it is gone', async () => {
    await using world = await worldWith(copy())
    await expect(world.up([], { ...context(), timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'secret-missing',
      message: expect.stringContaining('There is no Secret shared/source to copy'),
    })
    world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shared' } })
    world.state.put({ ...source('me'), metadata: { name: 'source', namespace: 'shared' } })
    await world.up([])
    world.state.remove(refTo('shared', 'source'))
    const steps = await world.steps([])
    const only = steps.map((step) => ({ ...step, needs: [] }))
    expect((await assess(only, () => context())).get('secret/kafka')).toEqual({
      state: 'broken',
      why: 'Secret shared/source, which is to be copied, is not there.',
    })
  })
})

describe('who reads a secret', () => {
  it('needs it, and is rolled out by other data in one run', async () => {
    const kafka = (value: string) => madeSecret('kafka', { from: { literals: { USER: value } } })
    await using world = await worldWith(kafka('hunter2'), madeSecret('other', { from: { literals: { A: 'b' } } }))
    const web = await world.web('envFrom: [{ secretRef: { name: kafka } }]')
    const steps = await world.steps([web])
    expect(steps.find(({ id }) => id === 'service/web')?.needs).toEqual(['cluster/api', 'secret/kafka'])
    await world.up([web])
    const first = world.annotations()
    expect(Object.keys(first)).toEqual(['kindup.dev/secret-kafka'])
    expect(await world.up([web])).toEqual(['secret/kafka ready', 'secret/other ready', 'service/web ready'])

    world.now.secrets = [kafka('hunter3'), madeSecret('other', { from: { literals: { A: 'c' } } })]
    // As a run does it: everybody is asked before anything is done.
    const later = await world.steps([web])
    const statuses = await assess(
      later.map((step) => ({ ...step, needs: (step.needs ?? []).filter((need) => need !== 'cluster/api') })),
      () => context(),
    )
    expect(Object.fromEntries(statuses)).toMatchObject({
      'secret/kafka': { state: 'changed', what: 'its literals changed' },
      'service/web': { state: 'changed', what: 'its secrets changed' },
    })
    for (const step of later) await step.up(context())
    expect(world.annotations()['kindup.dev/secret-kafka']).not.toBe(first['kindup.dev/secret-kafka'])
    expect(await world.up([web])).toEqual(['secret/kafka ready', 'secret/other ready', 'service/web ready'])
  })

  // There is one cluster there.
  it.skipIf(isRealApi)('carries another mark in another cluster', async () => {
    const kafka = madeSecret('kafka', { from: { literals: { USER: 'hunter2' } } })
    const markIn = async (world: Awaited<ReturnType<typeof worldWith>>) => {
      await world.up([await world.web('envFrom: [{ secretRef: { name: kafka } }]')])
      return world.annotations()['kindup.dev/secret-kafka']
    }
    await using here = await worldWith(kafka)
    await using elsewhere = await worldWith(kafka)
    expect(await markIn(elsewhere)).not.toBe(await markIn(here))
  })

  it('stays as it is when the secret comes to another namespace', async () => {
    const kafka = (...namespaces: string[]) => madeSecret('kafka', { from: { literals: { USER: 'a' } }, namespaces })
    await using world = await worldWith(kafka('dev'))
    const web = await world.web('envFrom: [{ secretRef: { name: kafka } }]')
    await world.up([web])
    world.now.secrets = [kafka('dev', 'prod')]
    expect(await world.up([web])).toEqual(['secret/kafka changed its namespaces changed', 'service/web ready'])
    expect(world.dataOf('prod', 'kafka')).toEqual(world.dataOf('dev', 'kafka'))
  })

  it('gets its keys as files where the file says so, and is rolled out by other data', async () => {
    const mounted = (value: string) =>
      madeSecret('kafka', { from: { literals: { A: value } }, mount: { services: ['web'], path: '/mnt/secrets' } })
    await using world = await worldWith(mounted('1'))
    const web = await world.web('command: [x]')
    await world.up([web])
    const live = world.state.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'web' })
    expect(live).toMatchObject({
      spec: {
        template: {
          metadata: { annotations: { 'kindup.dev/secret-kafka': expect.stringMatching(/^[0-9a-f]{24}$/) } },
          spec: {
            containers: [{ volumeMounts: [{ mountPath: '/mnt/secrets', readOnly: true }] }],
            volumes: [{ projected: { sources: [{ secret: { name: 'kafka' } }] } }],
          },
        },
      },
    })
    const first = world.annotations()
    world.now.secrets = [mounted('2')]
    await world.up([web])
    expect(world.annotations()).not.toEqual(first)
    world.now.secrets = [madeSecret('kafka', { from: { literals: { A: '2' } } })]
    expect(await world.up([web])).toEqual(['secret/kafka ready', 'service/web changed its mounts and secrets changed'])
    expect(world.annotations()).toEqual({})
  })

  it('is told before anything is applied which key the secret does not have, with file and line', async () => {
    await using world = await worldWith(
      madeSecret('kafka', { from: { literals: { USER: 'x' }, random: { PASSWORD: 3 } } }),
    )
    const web = await world.web(
      'env: [{ name: U, valueFrom: { secretKeyRef: { name: kafka, key: USER } } },\n        { name: P, valueFrom: { secretKeyRef: { name: kafka, key: PASWORD } } },\n        { name: O, valueFrom: { secretKeyRef: { name: kafka, key: MAYBE, optional: true } } }]',
    )
    await expect(world.steps([web])).rejects.toThrow(
      'Container web of Deployment web reads the key PASWORD of the Secret kafka, which does not have it.',
    )
  })
})

describe('what is written down', () => {
  it('holds no value but in the Secrets themselves: not in the record in clear, not in pods, not in requests', async () => {
    await using world = await worldWith()
    await writeFile(join(world.folder, 'creds.env'), 'USER=correct-horse\nURL="battery=staple"\n')
    world.now.secrets = [
      madeSecret('kafka', {
        from: { envFile: join(world.folder, 'creds.env'), literals: { A: 'literally-secret' } },
        mount: { services: ['web'], path: '/x' },
      }),
    ]
    const web = await world.web('command: [x]')
    const ctx = context()
    await world.up([web], ctx)
    const secret = /correct-horse|battery=staple|literally-secret/
    const entries = [...(await (await world.cluster.record(ctx)).entries()).values()]
    expect(JSON.stringify(entries)).not.toMatch(secret)
    expect(JSON.stringify(world.state.list({ apiVersion: 'apps/v1', kind: 'Deployment' }))).not.toMatch(secret)
    expect(JSON.stringify([ctx.reports, ctx.warnings, world.commands, world.state.requests])).not.toMatch(secret)
    const { hidden } = await readSecrets({ ...madeConfig(), secrets: world.now.secrets })
    expect([...hidden.texts]).toEqual(expect.arrayContaining(['correct-horse', 'battery=staple', 'literally-secret']))
  })
})
