import { valueAt } from '../../../../core/fields.ts'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { secretUses, useProblems } from '../../../../manifests/problems/secret-uses.ts'
import { podTemplateOf } from '../../../../manifests/transform/pod-templates.ts'
import type { Rules, SecretRule } from '../../../../manifests/transform/rules.ts'
import { transform, withLate } from '../../../../manifests/transform/transform.ts'
import { madeDeployable } from '../made-deployable.ts'

const workload = (spec: object, kind = 'Deployment'): KubeObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name: 'web' },
  spec: { template: { metadata: { labels: { app: 'web' } }, spec } },
})
const rulesWith = (...secrets: readonly SecretRule[]): Rules => ({
  cluster: 'demo',
  step: 'service/web',
  images: [],
  skip: [],
  home: 'dev',
  secrets,
})
const rule = (name: string, more: Partial<SecretRule> = {}): SecretRule => ({ name, namespaces: ['dev'], ...more })
const through = (object: KubeObject, rules: Rules) => podTemplateOf(transform([object], rules)[0] ?? object)

describe('secrets that are mounted', () => {
  const spec = {
    initContainers: [{ name: 'i' }],
    containers: [{ name: 'a' }, { name: 'b', volumeMounts: [{ name: 'x', mountPath: '/x' }] }],
  }

  it('are files in every container, read only, beside what was mounted before', () => {
    const { spec: made } = through(workload(spec), rulesWith(rule('kafka', { path: '/mnt/s' }))) ?? {}
    const mount = { name: expect.stringMatching(/^kindup-secrets-[0-9a-f]{8}$/), mountPath: '/mnt/s', readOnly: true }
    expect(made).toEqual({
      initContainers: [{ name: 'i', volumeMounts: [mount] }],
      containers: [
        { name: 'a', volumeMounts: [mount] },
        { name: 'b', volumeMounts: [{ name: 'x', mountPath: '/x' }, mount] },
      ],
      volumes: [{ name: mount.name, projected: { sources: [{ secret: { name: 'kafka' } }] } }],
    })
  })

  it('share a folder where they have one path, and come out the same the second time', () => {
    const rules = rulesWith(rule('a', { path: '/s' }), rule('b', { path: '/s' }), rule('c', { path: '/c' }), rule('d'))
    const once = transform([workload(spec)], rules)
    const { volumes } = (podTemplateOf(once[0]!)?.spec ?? {}) as { volumes: readonly { projected: object }[] }
    expect(volumes.map(({ projected }) => projected)).toEqual([
      { sources: [{ secret: { name: 'a' } }, { secret: { name: 'b' } }] },
      { sources: [{ secret: { name: 'c' } }] },
    ])
    expect(transform(once, rules)).toEqual(once)
  })

  it('stay away from namespaces where the Secret is not, and from objects without pods', () => {
    const elsewhere = { ...workload(spec), metadata: { name: 'web', namespace: 'other' } }
    expect(through(elsewhere, rulesWith(rule('kafka', { path: '/s' })))?.spec).toEqual(spec)
    const map: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: {} }
    expect(transform([map], rulesWith(rule('kafka', { path: '/s' })))[0]).toMatchObject({ data: {} })
  })
})

describe('marks of data', () => {
  const reading = (how: object) => workload({ containers: [{ name: 'a', ...how }] })
  const stamps = { stamps: { dev: 'f00d', prod: 'beef' } }

  it.each([
    ['a variable', reading({ env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'kafka', key: 'A' } } }] })],
    ['all variables', reading({ envFrom: [{ secretRef: { name: 'kafka' } }] })],
    ['a volume', workload({ containers: [], volumes: [{ name: 'v', secret: { secretName: 'kafka' } }] })],
    [
      'a projected volume',
      workload({ containers: [], volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'kafka' } }] } }] }),
    ],
  ])('stand on pods that read it as %s', (_how, object) => {
    const [late] = withLate([object], rulesWith(rule('kafka', stamps), rule('other', stamps)))
    expect(valueAt(podTemplateOf(late!), 'metadata', 'annotations')).toEqual({ 'kindup.dev/secret-kafka': 'f00d' })
  })

  it('stand on no others: a login for pulling is read by the kubelet, another namespace has another Secret', () => {
    const pull = workload({ containers: [], imagePullSecrets: [{ name: 'kafka' }] })
    const away = {
      ...reading({ envFrom: [{ secretRef: { name: 'kafka' } }] }),
      metadata: { name: 'web', namespace: 'x' },
    }
    for (const object of withLate([pull, away], rulesWith(rule('kafka', stamps))))
      expect(valueAt(podTemplateOf(object), 'metadata', 'annotations')).toBeUndefined()
  })

  it('make a Job another one: what failed with the wrong password runs again', () => {
    const job = { ...reading({ envFrom: [{ secretRef: { name: 'kafka' } }] }), apiVersion: 'batch/v1', kind: 'Job' }
    const specs = ['one', 'two'].map((mark) => {
      const rules = rulesWith(rule('kafka', { stamps: { dev: mark } }))
      return withLate(transform([job], rules), rules)[0]?.metadata.annotations?.['kindup.dev/spec']
    })
    expect(new Set(specs).size).toBe(2)
  })
})

describe('what workloads read of secrets', () => {
  const at = { file: '/nowhere/web.yaml', line: 3 }
  const known = [
    { key: 'kafka', namespaces: ['dev'], keys: new Set(['USER', 'PASSWORD']), at },
    { key: 'copy', namespaces: ['dev', 'prod'], keys: undefined, at },
  ]
  const web = madeDeployable('service/web')
  const problemsOf = (spec: object, deployable = web) =>
    useProblems(deployable, [{ object: workload(spec), at }], known).map(
      ({ severity, message, hint }) => `${severity} ${message} ${hint}`,
    )

  it('is what they need, and all they could read where nothing is rendered yet', () => {
    const object = workload({
      containers: [{ name: 'a', envFrom: [{ secretRef: { name: 'kafka' } }, { secretRef: { name: 'theirs' } }] }],
      imagePullSecrets: [{ name: 'copy' }],
    })
    expect(secretUses(web, [{ object, at }], known)).toEqual([
      { key: 'kafka', namespace: 'dev' },
      { key: 'copy', namespace: 'dev' },
    ])
    expect(secretUses(web, undefined, known).map(({ key }) => key)).toEqual(['kafka', 'copy'])
    expect(secretUses({ ...web, namespace: 'prod' }, undefined, known)).toEqual([{ key: 'copy', namespace: 'prod' }])
  })

  it('is checked against the keys that are known, in items too', () => {
    const items = (...keys: readonly string[]) => keys.map((key) => ({ key, path: key }))
    expect(
      problemsOf({
        containers: [{ name: 'a', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'kafka', key: 'USR' } } }] }],
        volumes: [
          { name: 'v', secret: { secretName: 'kafka', items: items('USER', 'nothing') } },
          { name: 'w', projected: { sources: [{ secret: { name: 'copy', items: items('whatever') } }] } },
          { name: 'o', secret: { secretName: 'kafka', optional: true, items: items('maybe') } },
        ],
      }),
    ).toEqual([
      'error Container a of Deployment web reads the key USR of the Secret kafka, which does not have it. Did you mean USER?',
      'error Volume v of Deployment web reads the key nothing of the Secret kafka, which does not have it. It has PASSWORD, USER.',
    ])
  })

  it('is said where the Secret is elsewhere', () => {
    const spec = { containers: [{ name: 'a', envFrom: [{ secretRef: { name: 'kafka' } }] }] }
    expect(problemsOf(spec, { ...web, namespace: 'prod' })).toEqual([
      'warning Container a of Deployment web reads the Secret kafka in prod, and the file makes it in dev only. Add it: secrets: { kafka: { namespaces: [dev, prod] } }',
    ])
  })

  it('cannot be mounted over something else', () => {
    const mounts = known.map((one) => ({ ...one, mount: { services: ['web'], path: '/mnt/s' } }))
    const spec = { containers: [{ name: 'a', volumeMounts: [{ name: 'x', mountPath: '/mnt/s/' }] }] }
    expect(useProblems(web, [{ object: workload(spec), at }], mounts)[0]).toMatchObject({
      severity: 'error',
      message: 'Container a of Deployment web mounts something at /mnt/s already, where the secret kafka is to be.',
    })
  })
})
