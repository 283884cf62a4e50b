import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { queriesFor } from '../../../../cluster/ready/sources.ts'
import { watchedOf } from '../../../../cluster/ready/targets.ts'

const object = (apiVersion: string, kind: string, name: string, more: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
})

describe('what is watched of a release', () => {
  it('is what has a readiness, in the namespace that it names or else the release has', () => {
    const objects = [
      object('v1', 'ConfigMap', 'settings'),
      object('apps/v1', 'Deployment', 'web'),
      object('apps/v1', 'Deployment', 'web', { metadata: { name: 'web', namespace: 'kube-system' } }),
      object('apiregistration.k8s.io/v1', 'APIService', 'v1beta1.metrics.k8s.io'),
      object('batch/v1', 'Job', 'leaves', { spec: { ttlSecondsAfterFinished: 5 } }),
      object('batch/v1', 'Job', 'hook', { metadata: { name: 'hook', annotations: { 'helm.sh/hook': 'pre-install' } } }),
      object('example.com/v1', 'Deployment', 'of-another-group'),
    ]
    expect(watchedOf({ objects, namespace: 'dev', apiServices: ['v1beta1.metrics.k8s.io'], crds: ['x.io'] })).toEqual([
      { kind: 'Deployment', name: 'web', namespace: 'dev', leaves: false },
      { kind: 'Deployment', name: 'web', namespace: 'kube-system', leaves: false },
      { kind: 'APIService', name: 'v1beta1.metrics.k8s.io', namespace: '', leaves: false },
      { kind: 'Job', name: 'leaves', namespace: 'dev', leaves: true },
      { kind: 'CustomResourceDefinition', name: 'x.io', namespace: '', leaves: false },
    ])
  })

  it('is asked for kind by kind, with the pods, and the revisions of Deployments', () => {
    const objects = [
      object('apps/v1', 'Deployment', 'web'),
      object('apps/v1', 'Deployment', 'ui'),
      object('batch/v1', 'Job', 'j'),
    ]
    const kinds = queriesFor(watchedOf({ objects, namespace: 'dev' })).map(
      ({ kind, namespace }) => `${kind} ${namespace}`,
    )
    expect(kinds).toEqual(['Deployment dev', 'Pod dev', 'ReplicaSet dev', 'Job dev'])
  })
})
