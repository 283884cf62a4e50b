import { expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { hasTakenFields } from '../../../../gitops/flux-objects/taken-fields.ts'

const written: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'dev', labels: { app: 'web', 'kindup.dev/step': 'one' } },
  spec: {
    replicas: 2,
    paused: '${later}',
    template: {
      spec: {
        containers: [{ name: 'web', image: 'web:1', args: ['a'], ports: [{ containerPort: 80 }] }],
        nodeSelector: { a: 'b' },
      },
    },
  },
}

const held = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:template': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:args': {},
            'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          },
        },
        'f:nodeSelector': {},
      },
    },
  },
}

type Container = Record<string, unknown>

/** As the cluster has it, with fields of the container and of the spec that somebody took from Flux. */
const live = (container: Container = {}, spec: Container = {}): KubeObject => {
  const fields = structuredClone(held)
  const ofContainer: Container = fields['f:spec']['f:template']['f:spec']['f:containers']['k:{"name":"web"}']
  for (const key of Object.keys(container)) delete ofContainer[`f:${key}`]
  for (const key of Object.keys(spec)) delete (fields['f:spec'] as Container)[`f:${key}`]
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'dev',
      labels: { app: 'web' },
      managedFields: [
        { manager: 'kustomize-controller', operation: 'Apply', fieldsV1: fields },
        { manager: 'kubectl-edit', operation: 'Update', fieldsV1: {} },
      ],
    },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 600,
      template: {
        spec: {
          containers: [
            {
              name: 'web',
              image: 'registry/web:abc',
              args: ['b'],
              ports: [{ containerPort: 80, protocol: 'TCP' }],
              ...container,
            },
            { name: 'injected', image: 'x' },
          ],
          nodeSelector: { c: 'd' },
        },
      },
      ...spec,
    },
  }
}

it.each([
  ['what its Kustomization made another of the files', live(), false],
  ['an image that somebody set', live({ image: 'web:2' }), true],
  ['arguments that somebody set', live({ args: ['c'] }), true],
  ['the same value by somebody else', live({ image: 'web:1' }), false],
  ['a number of replicas that somebody set', live({}, { replicas: 5 }), true],
  ['what Flux fills in later', live({}, { paused: 'x' }), false],
  ['a field that was taken out', live({ image: undefined }), false],
])('knows of a live object of Flux: %s', (_what, object, isTaken) => {
  expect(hasTakenFields(written, object)).toBe(isTaken)
})

it('passes over the number of replicas where that is meant, and what Flux did not bring', () => {
  const scaled = live({}, { replicas: 5 })
  expect(hasTakenFields(written, scaled, ['spec.replicas'])).toBe(false)
  const { managedFields: _gone, ...metadata } = live({ image: 'web:2' }).metadata
  expect(hasTakenFields(written, { ...live({ image: 'web:2' }), metadata })).toBe(false)
})
