import { textAt } from '../../../../core/fields.ts'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import {
  configAnnotation,
  configsOf,
  contentHash,
  withConfigs,
} from '../../../../manifests/transform/config-digests.ts'
import { podTemplateOf } from '../../../../manifests/transform/pod-templates.ts'
import type { Rules } from '../../../../manifests/transform/rules.ts'
import { transform } from '../../../../manifests/transform/transform.ts'

const config = (value: string, more: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', ...more },
  data: { value },
})
const workload = (kind: string, spec: object, apiVersion = 'apps/v1'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  spec: { template: { metadata: { labels: { app: 'web' } }, spec } },
})
const reading = {
  envFrom: { containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'settings' } }] }] },
  'a variable': {
    containers: [
      { name: 'c', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'value' } } }] },
    ],
  },
  'a volume': { containers: [{ name: 'c' }], volumes: [{ name: 'v', configMap: { name: 'settings' } }] },
  'a projected volume': {
    containers: [{ name: 'c' }],
    volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'settings' } }] } }],
  },
  'a part of a volume': {
    containers: [{ name: 'c', volumeMounts: [{ name: 'v', mountPath: '/a', subPath: 'value' }] }],
    volumes: [{ name: 'v', configMap: { name: 'settings' } }],
  },
  'an init container': {
    initContainers: [{ name: 'i', envFrom: [{ configMapRef: { name: 'settings' } }] }],
    containers: [{ name: 'c' }],
  },
}
const rules: Rules = {
  cluster: 'demo',
  step: 'service/web',
  images: [],
  skip: [],
  namespace: 'dev',
  home: 'dev',
  configs: {},
}
const markIn = (objects: readonly KubeObject[], more: Partial<Rules> = {}): string | undefined =>
  transform(objects, { ...rules, ...more })
    .map((object) => textAt(podTemplateOf(object), 'metadata', 'annotations', configAnnotation))
    .find((mark) => mark !== undefined)

describe('a pod template', () => {
  it.each(Object.entries(reading))('that reads a ConfigMap by %s changes with it, and only with it', (_, spec) => {
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet']) {
      const mark = markIn([workload(kind, spec), config('1')])
      expect(mark).toMatch(/^[0-9a-f]{16}$/)
      expect(markIn([config('1', { labels: { other: 'label' } }), workload(kind, spec)])).toBe(mark)
      expect(markIn([workload(kind, spec), config('2')])).not.toBe(mark)
    }
  })

  it('that reads a Secret changes with it, however its data is written', () => {
    const secret = (fields: object): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      ...fields,
    })
    const spec = { containers: [{ name: 'c' }], volumes: [{ name: 'v', secret: { secretName: 's' } }] }
    const mark = markIn([workload('Deployment', spec), secret({ stringData: { key: 'word' } })])
    expect(mark).toBeDefined()
    expect(markIn([workload('Deployment', spec), secret({ data: { key: btoa('word') } })])).toBe(mark)
    expect(markIn([workload('Deployment', spec), secret({ stringData: { key: 'other' } })])).not.toBe(mark)
  })

  it('is left alone where nothing of the file changes it, or its name changes with its data, or somebody said so', () => {
    const web = workload('Deployment', reading.envFrom)
    expect(markIn([web])).toBeUndefined()
    expect(markIn([web, config('1', { namespace: 'other' })])).toBeUndefined()
    const named = { containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'settings-8gbhmt24kc' } }] }] }
    expect(markIn([workload('Deployment', named), config('1', { name: 'settings-8gbhmt24kc' })])).toBeUndefined()
    const { configs: _off, ...off } = rules
    expect(transform([web, config('1')], off).map(podTemplateOf)[0]?.metadata).not.toHaveProperty('annotations')
  })

  it('of a Job is left alone, which would be run again, and of a bare Pod, which cannot be rolled out', () => {
    const { envFrom: spec } = reading
    expect(markIn([workload('Job', spec, 'batch/v1'), config('1')])).toBeUndefined()
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec }
    expect(markIn([pod, config('1')])).toBeUndefined()
  })

  it('changes with a ConfigMap of another service too', () => {
    const others = (value: string) => configsOf([config(value)], 'dev')
    const web = [workload('Deployment', reading.envFrom)]
    expect(markIn(web, { configs: others('1') })).toBeDefined()
    expect(markIn(web, { configs: others('1') })).not.toBe(markIn(web, { configs: others('2') }))
    expect(markIn(web, { configs: configsOf([config('1')], 'prod') })).toBeUndefined()
  })
})

it('copies what a whole plan has for none of its objects', () => {
  const all = { 'ConfigMap/dev/a': '1', 'ConfigMap/dev/b': '2' }
  expect(withConfigs(all, { 'ConfigMap/dev/b': '2' })).toBe(all)
  expect(withConfigs(all, {})).toBe(all)
  expect(withConfigs(all, { 'ConfigMap/dev/b': '3' })).toEqual({ 'ConfigMap/dev/a': '1', 'ConfigMap/dev/b': '3' })
})

describe('a hash of data', () => {
  it('does not depend on the order of the keys, and holds what is binary', () => {
    const one = { ...config(''), data: { a: '1', b: '2' } }
    expect(contentHash({ ...one, data: { b: '2', a: '1' } })).toBe(contentHash(one))
    expect(contentHash({ ...one, binaryData: { c: 'AA==' } })).not.toBe(contentHash(one))
  })
})
