import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { unreadyAmong } from '../../../../cluster/snapshot/workloads.ts'

const owned = (kind: string, uid: string, by?: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name: 'web',
    namespace: 'dev',
    uid,
    generation: 1,
    ...(by === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: by, controller: true }] }),
  },
  ...more,
})
const counts = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }
const deployment = owned('Deployment', 'd', undefined, { spec: { replicas: 1 }, status: counts })
const replicaSet = owned('ReplicaSet', 'rs', 'd')
const pod = (by: string | undefined, { ready = 'True', phase = 'Running', id = 'new' } = {}): KubeObject =>
  owned('Pod', 'p', by, {
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready }],
      containerStatuses: [{ containerID: `containerd://${id}` }],
    },
  })

const unready = (pods: readonly KubeObject[], daemonSets: readonly KubeObject[] = []) =>
  unreadyAmong(
    { Pod: pods, ReplicaSet: [replicaSet], Deployment: [deployment], StatefulSet: [], DaemonSet: daemonSets },
    new Set(['ended']),
  )

describe('what a restored cluster still waits for', () => {
  it('is nothing where the pods themselves are ready', () => {
    expect(unready([pod('rs')])).toEqual([])
  })

  it.each([
    ['there is no pod, whatever its controller counts', []],
    ['its pod is not ready', [pod('rs', { ready: 'False' })]],
    ['its pod still tells of a container that was ended', [pod('rs', { id: 'ended' })]],
    ['its pod is of another owner', [pod('other')]],
  ])('is a Deployment of which %s', (_why, pods) => {
    expect(unready(pods)).toEqual([{ id: 'Deployment/dev/web', line: '0/1 ready' }])
  })

  it('is a pod that nobody owns, unless it is over', () => {
    expect(unready([pod('rs'), pod(undefined, { ready: 'False' })])).toEqual([{ id: 'Pod/dev/web', line: 'not ready' }])
    expect(unready([pod('rs'), pod(undefined, { ready: 'False', phase: 'Succeeded' })])).toEqual([])
  })

  it('is a DaemonSet of which a node has no pod', () => {
    const status = {
      observedGeneration: 1,
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberReady: 2,
      numberAvailable: 2,
    }
    const [found] = unready([pod('rs'), pod('ds')], [owned('DaemonSet', 'ds', undefined, { status })])
    expect(found).toEqual({ id: 'DaemonSet/dev/web', line: '1/2 ready' })
  })
})
