import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import type { Pod } from '../../../../cluster/kube/models.ts'
import type { TroubledPod } from '../../../../cluster/ready/readiness.ts'
import {
  apiServiceReadiness,
  crdReadiness,
  daemonSetReadiness,
  deploymentReadiness,
  jobReadiness,
  statefulSetReadiness,
} from '../../../../cluster/ready/workload-readiness.ts'

const object = (spec: object, status: object, generation = 2): KubeObject => ({
  apiVersion: 'x/v1',
  kind: 'X',
  metadata: { name: 'web', generation },
  spec,
  status: { observedGeneration: 2, ...status },
})
const pod = (status: Pod['status'] = {}): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status })
const pulling: TroubledPod = { pod: pod(), trouble: { line: 'pulling image' } }
const ready = { is: 'ready' }
const all = (count: number) => ({
  replicas: count,
  updatedReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
})

describe('a Deployment', () => {
  it('that is new is being made; what a controller knew before is not taken up', () => {
    expect(deploymentReadiness(object({}, { observedGeneration: undefined }), [])).toMatchObject({
      line: 'is being made',
    })
    expect(deploymentReadiness(object({}, { observedGeneration: 1 }), [])).toMatchObject({
      line: 'the change is not taken up yet',
    })
  })

  it('is ready when all replicas are new, ready and available', () => {
    expect(deploymentReadiness(object({ replicas: 2 }, all(2)), [])).toEqual(ready)
    expect(deploymentReadiness(object({}, all(1)), [])).toEqual(ready)
    expect(deploymentReadiness(object({ replicas: 0 }, {}), [])).toEqual(ready)
  })

  it.each([
    [
      'the controller has not seen the change',
      object({}, { ...all(1), observedGeneration: 1 }),
      'the change is not taken up yet',
    ],
    ['a replica is not ready', object({ replicas: 2 }, { ...all(2), readyReplicas: 1 }), '1/2 ready'],
    ['a replica is not yet available', object({ replicas: 2 }, { ...all(2), availableReplicas: 1 }), '2/2 ready'],
    ['a replica is still of the old revision', object({ replicas: 2 }, { ...all(2), updatedReplicas: 1 }), '1/2 ready'],
    [
      'an old replica is left beside the new ones',
      object({ replicas: 1 }, { ...all(1), replicas: 2 }),
      '1/1 ready, 1 old to go',
    ],
  ])('is not when %s', (_case, given, line) => {
    expect(deploymentReadiness(given, [])).toEqual({ is: 'waiting', line, pods: [] })
  })

  it('is not while a pod is in trouble, whatever the counts say', () => {
    expect(deploymentReadiness(object({}, all(1)), [pulling])).toEqual({
      is: 'waiting',
      line: '1/1 ready',
      pods: [pulling],
    })
  })

  it('says why no pod can be made', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }]
    expect(deploymentReadiness(object({}, { conditions }), [])).toMatchObject({
      line: '0/1 ready',
      trouble: { line: 'its pods are refused: exceeded quota' },
    })
  })
})

describe('a StatefulSet', () => {
  const revisions = { currentRevision: 'b', updateRevision: 'b' }
  it('is ready when all pods are of the newest revision', () => {
    expect(statefulSetReadiness(object({ replicas: 2 }, { ...all(2), ...revisions }), [])).toEqual(ready)
    const half = object({ replicas: 2 }, { ...all(2), currentRevision: 'a', updateRevision: 'b', updatedReplicas: 1 })
    expect(statefulSetReadiness(half, [])).toMatchObject({ line: '2/2 ready, 1 updated' })
  })

  it('leaves alone what its update strategy leaves alone', () => {
    const status = { ...all(3), currentRevision: 'a', updateRevision: 'b', updatedReplicas: 1 }
    const under = (updateStrategy: object) => statefulSetReadiness(object({ replicas: 3, updateStrategy }, status), [])
    expect(under({ type: 'OnDelete' })).toEqual(ready)
    expect(under({ rollingUpdate: { partition: 2 } })).toEqual(ready)
    expect(under({ rollingUpdate: { partition: 1 } })).toMatchObject({ is: 'waiting' })
  })
})

describe('a DaemonSet', () => {
  const counts = { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 2, numberAvailable: 2 }
  it('is ready when every node that it fits runs it', () => {
    expect(daemonSetReadiness(object({}, counts), [], false)).toEqual(ready)
    expect(daemonSetReadiness(object({}, { ...counts, numberAvailable: 1 }), [], true)).toMatchObject({ is: 'waiting' })
    const updating = object({}, { ...counts, updatedNumberScheduled: 1 })
    expect(daemonSetReadiness(updating, [], true)).toMatchObject({ line: '2/2 ready, 1 updated' })
  })

  it('waits for its first node while nodes are still to join', () => {
    expect(daemonSetReadiness(object({}, {}), [], false)).toMatchObject({ line: 'no node for it yet' })
    expect(daemonSetReadiness(object({}, {}), [], true)).toEqual(ready)
  })
})

describe('a Job', () => {
  const crashed: TroubledPod = {
    pod: pod({ phase: 'Failed' }),
    trouble: { line: 'failed: exit code 1', hopelessAfterMs: 0, log: 'main' },
  }
  it('is ready when it is complete, or told not to run', () => {
    expect(jobReadiness(object({}, { conditions: [{ type: 'Complete', status: 'True' }] }), [crashed])).toEqual(ready)
    expect(jobReadiness(object({ suspend: true }, {}), [])).toEqual(ready)
  })

  it('outlives pods that fail until its limit, even while the next one starts', () => {
    const starting = { pod: pod(), trouble: { line: 'starting' } }
    const readiness = jobReadiness(object({}, {}), [crashed, starting])
    expect(readiness).toEqual({
      is: 'waiting',
      line: 'not complete',
      pods: [{ pod: crashed.pod, trouble: { line: 'failed: exit code 1', log: 'main' } }, starting],
    })
  })

  it('does not outlive an image that is not there', () => {
    const missing = { pod: pod(), trouble: { line: 'no image', hopelessAfterMs: 0 } }
    expect(jobReadiness(object({}, {}), [missing])).toMatchObject({ pods: [missing] })
  })

  it('cannot become ready once it failed', () => {
    const conditions = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'limit reached' }]
    expect(jobReadiness(object({}, { conditions }), [])).toEqual({
      is: 'waiting',
      line: 'failed (BackoffLimitExceeded: limit reached)',
      pods: [],
      hopeless: true,
    })
  })
})

describe('registrations', () => {
  const withCondition = (type: string, status: string, message = 'because') =>
    object({}, { conditions: [{ type, status, message }] })
  it('are ready when the API says so', () => {
    expect(crdReadiness(withCondition('Established', 'True'))).toEqual(ready)
    expect(crdReadiness(object({}, {}))).toMatchObject({ line: 'not established' })
    expect(crdReadiness(withCondition('NamesAccepted', 'False'))).toMatchObject({ hopeless: true })
    expect(apiServiceReadiness(withCondition('Available', 'True'))).toEqual(ready)
    expect(apiServiceReadiness(withCondition('Available', 'False'))).toMatchObject({ line: 'not available: because' })
    expect(apiServiceReadiness(object({}, {}))).toMatchObject({ line: 'not available' })
  })
})
