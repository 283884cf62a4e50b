import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { nodesVerdict } from '../../../../cluster/nodes/readiness.ts'

const node = (name: string, ...conditions: object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { conditions },
})
const ready = { type: 'Ready', status: 'True' }
const names = ['a', 'b']

describe('nodesVerdict', () => {
  it('is done when every node of the file is Ready, whoever else is there', () => {
    const nodes = [node('a', ready), node('c', { type: 'Ready', status: 'False' }), node('b', ready)]
    expect(nodesVerdict(names, nodes)).toEqual({ done: [nodes[0], nodes[2]] })
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
    expect(nodesVerdict(names, nodes)).toEqual({ waiting })
  })
})
