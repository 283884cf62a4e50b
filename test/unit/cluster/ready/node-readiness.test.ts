import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { nodesVerdict } from '../../../../cluster/ready/node-readiness.ts'
import type { Pod } from '../../../../cluster/kube/models.ts'

const node = (name: string, ...conditions: object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { conditions },
})
const ready = { type: 'Ready', status: 'True' }
const names = ['a', 'b']
const verdict = (nodes: readonly KubeObject[]) => nodesVerdict(names, { nodes, leases: [], pods: [] }, new Map())

describe('nodesVerdict', () => {
  it('is done when every node of the file is Ready, whoever else is there', () => {
    const nodes = [node('a', ready), node('c', { type: 'Ready', status: 'False' }), node('b', ready)]
    expect(verdict(nodes)).toEqual({ done: [nodes[0], nodes[2]] })
  })

  it.each([
    [[node('a', ready)], 'b: has not joined yet'],
    [[node('a', ready), node('b')], 'b: its kubelet has not spoken yet'],
    [[node('a', ready), node('b', { type: 'Ready', status: 'Unknown', message: 'no heartbeat' })], 'b: no heartbeat'],
    [
      [node('a', ready), node('b', { type: 'Ready', status: 'False', message: 'x: cni plugin not initialized' })],
      'b: its network is not set up yet',
    ],
    [[], '2 of 2 nodes are not ready (a: has not joined yet)'],
  ])('waits and says for what (%#)', (nodes, waiting) => {
    expect(verdict(nodes)).toEqual({ waiting })
  })
})

describe('a node that was started again', () => {
  const made = '2026-11-20T10:00:00Z'
  const started = Date.parse('2026-11-20T12:00:00.700Z')
  const at = (seconds: number) => new Date(Math.floor(started / 1_000) * 1_000 + seconds * 1_000).toISOString()
  const live = ({
    renewed = 1,
    beaten = 1,
    pods = [],
  }: {
    renewed?: number
    beaten?: number
    pods?: readonly Pod[]
  }) => {
    const own = node('a', { ...ready, lastHeartbeatTime: at(beaten) })
    return {
      nodes: [{ ...own, metadata: { name: 'a', creationTimestamp: made } }],
      leases: [{ ...node('a'), kind: 'Lease', spec: { renewTime: at(renewed) } }],
      pods,
    }
  }
  const pod = (seconds: number, isReady = true): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'coredns-1', namespace: 'kube-system' },
    spec: { nodeName: 'a', containers: [] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: 'coredns',
          image: 'coredns:1',
          imageID: '',
          ready: isReady,
          restartCount: 0,
          state: { running: { startedAt: at(seconds) } },
        },
      ],
    },
  })
  const verdictOf = (parts: Parameters<typeof live>[0], start = started) =>
    nodesVerdict(['a'], live(parts), new Map([['a', start]]))

  it('counts once its kubelet has renewed Lease and status since, in the same second at the earliest', () => {
    expect(verdictOf({})).toHaveProperty('done')
    expect(verdictOf({ renewed: 0, beaten: 0 })).toHaveProperty('done')
    const waiting = 'a: nothing was heard of it since it was started'
    expect(verdictOf({ renewed: -1 })).toEqual({ waiting })
    expect(verdictOf({ beaten: -1 })).toEqual({ waiting })
  })

  it('counts once the pods of kube-system run on it again', () => {
    expect(verdictOf({ pods: [pod(5)] })).toHaveProperty('done')
    expect(verdictOf({ pods: [pod(-60)] })).toEqual({
      waiting: 'a: pod coredns-1 of kube-system: nothing was heard of it since its node a was started',
    })
    expect(verdictOf({ pods: [pod(5, false)] })).toEqual({
      waiting: 'a: pod coredns-1 of kube-system: running, not ready yet',
    })
    expect(verdictOf({ pods: [{ ...pod(-60), spec: { nodeName: 'b', containers: [] } }] })).toHaveProperty('done')
  })

  it('is any other node on its first run: its pods start when they start', () => {
    expect(verdictOf({ renewed: -9_000, pods: [pod(-9_000, false)] }, Date.parse(made) - 5_000)).toHaveProperty('done')
  })
})
