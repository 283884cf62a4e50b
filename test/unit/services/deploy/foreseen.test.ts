import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { KindupError } from '../../../../core/errors.ts'
import { invalid, Refusal, type Cause } from '../../../support/api-server/refusals.ts'
import { context } from '../../../support/steps.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

type World = Awaited<ReturnType<typeof makeWorld>>
type Answers = Readonly<Record<string, Refusal>>

const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: b\n`
const refusedFor = (name: string, ...causes: readonly Cause[]): Refusal =>
  invalid({ group: '', plural: 'configmaps', kind: 'ConfigMap' }, name, causes)
const badKey: Cause = { field: 'data[a]', message: 'Invalid value: "a": no such key' }

/** Answers tries of objects by their names. */
const answering = (world: World, answers: Answers): void =>
  world.state.intercept(({ method, path, query }) =>
    method === 'PATCH' && query.includes('dryRun') ? answers[path.split('/').at(-1) ?? ''] : undefined,
  )

const triesOf = (world: World): readonly string[] =>
  world.state.requests.flatMap(({ method, path, query }) =>
    method === 'PATCH' && query.includes('dryRun') ? [path.split('/').at(-1) ?? ''] : [],
  )

/** What `plan` says of a service that is not there yet, in a namespace that is. */
const planned = async (world: World, text: string, { namespace = 'dev' } = {}): Promise<KindupError | undefined> => {
  const file = join(world.folder, 'all.yaml')
  await writeFile(file, text)
  world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } })
  const web = madeDeployable('service/web', { namespace, source: { kind: 'manifests', paths: [file] } })
  const [step] = await world.steps([web])
  const status = await step?.status(context())
  return status && 'refusal' in status ? status.refusal : undefined
}

describe('what the API would refuse', () => {
  it('is said of a service that is not there yet, every object at its line', async () => {
    await using world = await makeWorld()
    answering(world, {
      one: refusedFor('one', badKey),
      three: refusedFor('three', badKey, { field: 'metadata.name', message: 'Invalid value: "three"' }),
    })
    const refusal = await planned(world, ['one', 'two', 'three'].map(configMap).join('---\n'))
    expect(refusal?.code).toBe('api-refused')
    expect(refusal?.problems.map(({ message, at }) => [at?.line, message])).toEqual([
      [6, 'ConfigMap dev/one: data[a]: Invalid value: "a": no such key.'],
      [20, 'ConfigMap dev/three: data[a]: Invalid value: "a": no such key.'],
      [18, 'ConfigMap dev/three: metadata.name: Invalid value: "three".'],
    ])
  })

  it.each(['webhook', 'not-found', 'dry-run', 'immutable', 'quota-exceeded'])(
    'is said of an object whose name is a word of another refusal: %s',
    async (name) => {
      await using world = await makeWorld()
      answering(world, {
        [name]: refusedFor(name, { field: 'data', message: `Invalid value: "${name} not found": is no value` }),
      })
      expect((await planned(world, configMap(name)))?.problems).toHaveLength(1)
    },
  )

  it('is said where the API could not read it as an object of its type', async () => {
    await using world = await makeWorld()
    const said =
      'failed to create typed patch object (dev/web; apps/v1, Kind=Deployment): errors:\n  .data.a: expected string, got &value.valueUnstructured{Value:5}\n  .data[b]: duplicate entries for key [name="A"]'
    answering(world, { one: new Refusal(500, '', said) })
    expect((await planned(world, configMap('one')))?.problems.map(({ message, at }) => [at?.line, message])).toEqual([
      [6, 'ConfigMap dev/one: data.a: expected string, got &value.valueUnstructured{Value:5}.'],
      [5, 'ConfigMap dev/one: data.b: duplicate entries for key [name="A"].'],
    ])
  })

  it.each<[string, Refusal]>([
    ['a quota', new Refusal(403, 'Forbidden', 'configmaps "one" is forbidden: exceeded quota: all')],
    [
      'an account',
      new Refusal(403, 'Forbidden', 'error looking up service account dev/a: serviceaccount "a" not found'),
    ],
    ['a webhook that denies', new Refusal(400, 'BadRequest', 'admission webhook "a.b" denied the request: no')],
    [
      'a webhook that denies in the way of the API, as those of operators do',
      new Refusal(
        422,
        'Invalid',
        'admission webhook "a.b" denied the request: ConfigMap "one" is invalid: spec.ref: Not found: "other"',
        { causes: [{ reason: 'FieldValueNotFound', field: 'spec.ref', message: 'Not found: "other"' }] },
      ),
    ],
    [
      'a webhook that is too old',
      new Refusal(400, 'BadRequest', 'admission webhook "a.b" denied the request: json: cannot unmarshal string'),
    ],
    ['a webhook without trials', new Refusal(400, 'BadRequest', 'admission webhook "a.b" does not support dry run')],
    [
      'a webhook that is away',
      new Refusal(
        500,
        'InternalError',
        'Internal error occurred: failed calling webhook "a.b": failed to call webhook: Post "https://a.b.svc/": connection refused',
      ),
    ],
    ['the server', new Refusal(500, 'InternalError', 'Internal error occurred: something')],
    [
      'a policy',
      new Refusal(422, 'Invalid', "ValidatingAdmissionPolicy 'a' with binding 'b' denied request: no", {
        causes: [{ message: 'no' }],
      }),
    ],
    [
      'a port that is taken now',
      refusedFor('one', {
        field: 'spec.ports[0].nodePort',
        message: 'Invalid value: 30080: provided port is already allocated',
      }),
    ],
  ])('is nothing that may come right on the way: %s', async (_what, answer) => {
    await using world = await makeWorld()
    answering(world, { one: answer })
    expect(await planned(world, configMap('one'))).toBeUndefined()
    expect(triesOf(world)).toContain('one')
  })

  it('is not asked on once something does not answer', async () => {
    await using world = await makeWorld()
    const names = Array.from({ length: 40 }, (_, index) => `m${index}`)
    const away = new Refusal(500, 'InternalError', 'failed calling webhook "a.b": context deadline exceeded')
    answering(world, Object.fromEntries(names.map((name) => [name, away])))
    expect(await planned(world, names.map(configMap).join('---\n'))).toBeUndefined()
    expect(triesOf(world).length).toBeLessThanOrEqual(8)
  })

  it('is not asked where the namespace or the kind is not there yet', async () => {
    await using world = await makeWorld()
    const thing = '---\napiVersion: example.io/v1\nkind: Thing\nmetadata: { name: it, namespace: dev }\n'
    const definition =
      '---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: things.example.io }\nspec: { group: example.io, scope: Namespaced, names: { kind: Thing, plural: things }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }\n'
    expect(await planned(world, configMap('one') + definition + thing, { namespace: 'new' })).toBeUndefined()
    expect(triesOf(world)).toEqual([])
  })

  it('is not asked of a service that did not change', async () => {
    await using world = await makeWorld()
    const file = join(world.folder, 'all.yaml')
    await writeFile(file, configMap('one'))
    const web = madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
    await world.up([web])
    const before = triesOf(world).length
    expect(await world.up([web])).toEqual(['service/web ready'])
    expect(triesOf(world)).toHaveLength(before)
  })
})
