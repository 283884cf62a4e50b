import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldsAt, mapsAt, textAt, valueAt, type Fields } from '../../../../core/fields.ts'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { podTemplateOf } from '../../../../manifests/transform/pod-templates.ts'
import type { Rules } from '../../../../manifests/transform/rules.ts'
import { stepLabel } from '../../../../manifests/transform/step-label.ts'
import { askedEachTime } from '../../../../manifests/transform/held.ts'
import { transform, withLate } from '../../../../manifests/transform/transform.ts'

const rules = (more: Partial<Rules> = {}): Rules => ({
  cluster: 'demo',
  step: 'service/web@dev',
  images: [],
  skip: [],
  ...more,
})
const image = { key: 'web', name: 'team/web', ref: 'localhost/team/web:abc', inputs: 'f00d' }

const pod = (spec: object): object => ({ metadata: { labels: { app: 'web' } }, spec })
const withPod: Record<string, (spec: object) => KubeObject> = {
  Deployment: (spec) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: pod(spec) },
  }),
  StatefulSet: (spec) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'a' },
    spec: { template: pod(spec) },
  }),
  DaemonSet: (spec) => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'a' },
    spec: { template: pod(spec) },
  }),
  ReplicaSet: (spec) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'a' },
    spec: { template: pod(spec) },
  }),
  Job: (spec) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' }, spec: { template: pod(spec) } }),
  CronJob: (spec) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'a' },
    spec: { jobTemplate: { spec: { template: pod(spec) } } },
  }),
  Pod: (spec) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec }),
}

const specOf = (object: KubeObject | undefined): Fields => fieldsAt(podTemplateOf(object as KubeObject), 'spec')
const only = (objects: readonly KubeObject[]): KubeObject => {
  expect(objects).toHaveLength(1)
  return objects[0] as KubeObject
}

describe('transform', () => {
  it.each(Object.keys(withPod))(
    'replaces images in every container of a %s and rolls it out when they change',
    (kind) => {
      const before = withPod[kind]?.({
        initContainers: [{ name: 'i', image: 'team/web:old', imagePullPolicy: 'Always' }],
        containers: [
          { name: 'c', image: 'docker.io/team/web@sha256:00' },
          { name: 'd', image: 'other/web:1', imagePullPolicy: 'Always' },
        ],
        ephemeralContainers: [{ name: 'e', image: 'team/web' }],
      })
      const after = only(transform([before as KubeObject], rules({ images: [image] })))
      const { initContainers, containers, ephemeralContainers } = specOf(after)
      expect(initContainers).toEqual([{ name: 'i', image: image.ref, imagePullPolicy: 'IfNotPresent' }])
      expect(containers).toEqual([
        { name: 'c', image: image.ref },
        { name: 'd', image: 'other/web:1', imagePullPolicy: 'Always' },
      ])
      expect(ephemeralContainers).toEqual([{ name: 'e', image: image.ref, imagePullPolicy: 'IfNotPresent' }])
      expect(valueAt(podTemplateOf(after), 'metadata', 'annotations')).toMatchObject({ 'kindup.dev/image-web': 'f00d' })
    },
  )

  it('knows the library images of Docker by either name, and a registry with a port from a tag', () => {
    const run = (name: string, written: string) =>
      textAt(
        only(
          transform(
            [withPod['Pod']?.({ containers: [{ image: written }] }) as KubeObject],
            rules({ images: [{ ...image, name }] }),
          ),
        ),
        'spec',
        'containers',
        0,
        'image',
      )
    expect(run('redis', 'docker.io/library/redis:7')).toBe(image.ref)
    expect(run('docker.io/library/redis', 'redis')).toBe(image.ref)
    expect(run('localhost:5000/web', 'localhost:5000/web')).toBe(image.ref)
    expect(run('web', 'localhost:5000/web')).toBe('localhost:5000/web')
    expect(run('team/web', 'team/web-other:1')).toBe('team/web-other:1')
  })

  it.each([
    ['mirror.test/web:9', 'mirror.test/web:9', 'mirror.test/web:9'],
    [`mirror.test/web:9@sha256:${'0'.repeat(64)}`, 'mirror.test/web:9', `mirror.test/web:9@sha256:${'0'.repeat(64)}`],
    [`mirror.test/web@sha256:${'0'.repeat(64)}`, 'mirror.test/web:latest', `mirror.test/web@sha256:${'0'.repeat(64)}`],
    ['mirror.test/web:9', 'mirror.test/web:8', undefined],
  ])('knows the override %s where values have put it already, as %s', (ref, written, runs) => {
    const object = withPod['Pod']?.({ containers: [{ image: written, imagePullPolicy: 'Always' }] }) as KubeObject
    const [after] = transform([object], rules({ images: [{ ...image, ref }] }))
    expect(specOf(after).containers).toEqual([
      runs === undefined
        ? { image: written, imagePullPolicy: 'Always' }
        : { image: runs, imagePullPolicy: 'IfNotPresent' },
    ])
  })

  it('has no registry asked for an image of ours that was deployed without a tag before: the API keeps `Always` of then', () => {
    const object = withPod['Pod']?.({ containers: [{ image: 'team/web' }, { image: 'team/web:1' }] }) as KubeObject
    expect(specOf(only(transform([object], rules({ images: [image] })))).containers).toEqual([
      { image: image.ref, imagePullPolicy: 'IfNotPresent' },
      { image: image.ref },
    ])
  })

  it('runs the copy that the nodes were given where nobody wrote that the registry is to be asked', () => {
    const containers = [
      { image: 'here' },
      { image: 'here:latest' },
      { image: 'here:latest', imagePullPolicy: 'Always' },
      { image: 'here:1' },
      { image: 'away' },
    ]
    const object = withPod['Deployment']?.({ initContainers: [{ image: 'here' }], containers }) as KubeObject
    expect(askedEachTime([object])).toEqual(['here', 'here:latest', 'away'])
    const given = rules({ held: ['here', 'here:latest', 'here:1'] })
    for (const after of [transform([object], given)[0], withLate([object], given)[0]]) {
      expect(specOf(after).initContainers).toEqual([{ image: 'here', imagePullPolicy: 'IfNotPresent' }])
      expect(mapsAt(specOf(after), 'containers').map(({ imagePullPolicy }) => imagePullPolicy)).toEqual([
        'IfNotPresent',
        'IfNotPresent',
        'Always',
        undefined,
        undefined,
      ])
    }
  })

  it('asks no registry for an image of ours that is called latest', () => {
    const object = withPod['Pod']?.({ containers: [{ image: 'team/web' }] }) as KubeObject
    const [after] = transform([object], rules({ images: [{ ...image, ref: 'team/web:latest' }] }))
    expect(valueAt(specOf(after), 'containers', 0)).toMatchObject({ imagePullPolicy: 'IfNotPresent' })
  })

  it('places pods: the selector wins over the one that is there, tolerations are added once', () => {
    const toleration = { key: 'dedicated', operator: 'Equal', value: 'infra', effect: 'NoSchedule' } as const
    const object = withPod['Deployment']?.({
      nodeSelector: { tier: 'x', disk: 'ssd' },
      tolerations: [toleration],
    }) as KubeObject
    const placement = { nodeSelector: { tier: 'backend' }, tolerations: [toleration, { ...toleration, key: 'other' }] }
    const [after] = transform([object], rules({ placement }))
    expect(specOf(after).nodeSelector).toEqual({ tier: 'backend', disk: 'ssd' })
    expect(specOf(after).tolerations).toEqual([toleration, { ...toleration, key: 'other' }])
    expect(after).toMatchObject({ spec: { selector: { matchLabels: { app: 'web' } } } })
  })

  it("labels objects as this step's, and leaves the labels of helm and of pods alone", () => {
    const object = withPod['Deployment']?.({}) as KubeObject
    const helm = { ...object, metadata: { name: 'a', labels: { 'app.kubernetes.io/managed-by': 'Helm' } } }
    const after = only(transform([helm], rules()))
    expect(after.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'Helm',
      'kindup.dev/cluster': 'demo',
      'kindup.dev/step': 'service.web_dev',
    })
    expect(podTemplateOf(after)?.metadata).toEqual({ labels: { app: 'web' } })
  })

  it('marks a Job with its spec, so that a changed one can be replaced', () => {
    const mark = (spec: object) =>
      only(transform([withPod['Job']?.(spec) as KubeObject], rules())).metadata.annotations?.['kindup.dev/spec']
    expect(mark({ a: 1, b: 2 })).toBe(mark({ b: 2, a: 1 }))
    expect(mark({ a: 1 })).not.toBe(mark({ a: 2 }))
  })

  it('leaves kinds out by name, by name and group, and by glob', () => {
    const instance: KubeObject = {
      apiVersion: 'servicecatalog.k8s.io/v1beta1',
      kind: 'ServiceInstance',
      metadata: { name: 'a' },
    }
    const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } }
    const left = (skip: string[]) => transform([instance, service], rules({ skip })).map(({ kind }) => kind)
    expect(left(['*.servicecatalog.k8s.io'])).toEqual(['Service'])
    expect(left(['ServiceInstance.servicecatalog.k8s.io'])).toEqual(['Service'])
    expect(left(['Service'])).toEqual(['ServiceInstance'])
    expect(left(['Service*'])).toEqual([])
    expect(left(['ServiceInstance.other.io', 'Serv'])).toEqual(['ServiceInstance', 'Service'])
  })

  it('puts only what lives in a namespace into one, and nothing that names its own', () => {
    const names = transform(
      [
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'b', namespace: 'own' } },
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'c' } },
        { apiVersion: 'example.io/v1', kind: 'Unknown', metadata: { name: 'd' } },
      ],
      rules({ namespace: 'dev' }),
    ).map(({ metadata }) => metadata.namespace)
    expect(names).toEqual(['dev', 'own', undefined, undefined])
  })

  it('changes nothing that it was given, and nothing more the second time', () => {
    const anything = fc.record({
      apiVersion: fc.constantFrom('v1', 'apps/v1', 'batch/v1'),
      kind: fc.constantFrom('Pod', 'Deployment', 'Job', 'CronJob', 'Service'),
      metadata: fc.record({ name: fc.string() }),
      spec: fc.object(),
    })
    const all = rules({ images: [image], namespace: 'dev', placement: { nodeSelector: { a: 'b' }, tolerations: [] } })
    fc.assert(
      fc.property(fc.array(anything), (objects) => {
        const before = structuredClone(objects)
        const once = transform(objects, all)
        expect(objects).toEqual(before)
        expect(transform(once, all)).toEqual(once)
      }),
    )
  })
})

describe('stepLabel', () => {
  it('is a legal label value and differs for different ids', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,80}[a-z0-9]$/),
        fc.option(fc.stringMatching(/^[a-z0-9]{1,40}$/)),
        (name, env) => {
          const id = `service/${name}${env === null ? '' : `@${env}`}`
          expect(stepLabel(id)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,61}[A-Za-z0-9]$/)
        },
      ),
    )
    expect(stepLabel('service/a@b')).not.toBe(stepLabel('service/a.b'))
  })
})

it('marks hooks of Argo CD’s own where Argo CD runs them: kindup takes them for what comes and goes', () => {
  const job: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
  }
  const marks = (more: Partial<Rules>) => only(transform([job], rules(more))).metadata.annotations
  expect(marks({ argocd: true })).toEqual({ 'argocd.argoproj.io/hook': 'PreSync', 'kindup.dev/hook': 'PreSync' })
  expect(marks({})).toEqual({ 'argocd.argoproj.io/hook': 'PreSync' })
})
