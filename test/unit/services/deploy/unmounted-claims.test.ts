import { describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { unmountedClaims } from '../../../../services/deploy/unmounted-claims.ts'

const storageClass = (name: string, mode: string, isDefault = false): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name,
    ...(isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
  },
  volumeBindingMode: mode,
})
const classes = [storageClass('standard', 'WaitForFirstConsumer', true), storageClass('now', 'Immediate')]
const kube = { list: () => Promise.resolve(classes) } as unknown as Kube
const claim = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec,
})
const pods = (kind: string, name: string, more: object = {}, hook = false): KubeObject => {
  const template = { spec: { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: name } }] } }
  return {
    apiVersion: kind.endsWith('Job') ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: 'a', ...(hook ? { annotations: { 'helm.sh/hook': 'post-install' } } : {}) },
    spec: { ...more, ...(kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template }) },
  }
}

describe('a claim that stays unbound until something mounts it', () => {
  for (const [what, objects] of Object.entries({
    'that nothing mounts': [claim('data')],
    'that only a hook mounts': [claim('data'), pods('Job', 'data', {}, true)],
    'that only a CronJob mounts': [claim('data'), pods('CronJob', 'data')],
    'that a workload of no pods mounts': [claim('data'), pods('Deployment', 'data', { replicas: 0 })],
    'of a class that is named': [claim('data', { storageClassName: 'standard' })],
  }))
    it(`is one ${what}`, async () => {
      expect(await unmountedClaims(kube, objects)).toEqual(['data'])
    })

  for (const [what, objects] of Object.entries({
    'that a workload mounts': [claim('data'), pods('Deployment', 'data')],
    'of a class that makes volumes at once': [claim('data', { storageClassName: 'now' })],
    'of a class that nobody knows': [claim('data', { storageClassName: 'other' })],
  }))
    it(`is none ${what}`, async () => {
      expect(await unmountedClaims(kube, objects)).toEqual([])
    })
})
