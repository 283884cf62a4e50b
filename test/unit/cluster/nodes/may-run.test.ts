import { describe, expect, it } from 'vitest'
import { namedNodes, nodesThatMayRun, nodesWith } from '../../../../cluster/nodes/may-run.ts'
import { madeNode } from '../../../support/made-config.ts'

const infra = { key: 'dedicated', value: 'infra', effect: 'NoSchedule' } as const
const nodes = namedNodes('demo', [
  madeNode('control-plane'),
  madeNode('worker', { labels: { tier: 'backend' } }),
  madeNode('worker', { labels: { tier: 'backstage' }, taints: [infra] }),
  madeNode('control-plane'),
])
const names = (found: readonly { container: string }[]) => found.map(({ container }) => container)

describe('nodes', () => {
  it('are named as kind names them, each role counted by itself', () => {
    expect(names(nodes)).toEqual(['demo-control-plane', 'demo-worker', 'demo-worker2', 'demo-control-plane2'])
  })

  it('are chosen by all of the labels, those that Kubernetes gives included', () => {
    expect(names(nodesWith({ tier: 'backend' }, nodes))).toEqual(['demo-worker'])
    expect(names(nodesWith({ tier: 'backend', zone: 'a' }, nodes))).toEqual([])
    expect(names(nodesWith({ 'kubernetes.io/hostname': 'demo-worker2' }, nodes))).toEqual(['demo-worker2'])
    expect(names(nodesWith({ 'kubernetes.io/arch': 'arm64' }, nodes))).toHaveLength(4)
    expect(names(nodesWith({ 'node-role.kubernetes.io/control-plane': '' }, nodes))).toEqual([
      'demo-control-plane',
      'demo-control-plane2',
    ])
  })

  it('take pods that tolerate their taints, the one of control planes among them', () => {
    expect(names(nodesThatMayRun({}, nodes))).toEqual(['demo-worker'])
    expect(names(nodesThatMayRun({ tolerations: [{ operator: 'Exists' }] }, nodes))).toHaveLength(4)
    const equal = { key: 'dedicated', operator: 'Equal', value: 'infra', effect: 'NoSchedule' }
    expect(names(nodesThatMayRun({ tolerations: [equal] }, nodes))).toEqual(['demo-worker', 'demo-worker2'])
    expect(names(nodesThatMayRun({ tolerations: [{ ...equal, value: 'else' }] }, nodes))).toEqual(['demo-worker'])
    expect(names(nodesThatMayRun({ tolerations: [{ ...equal, effect: 'NoExecute' }] }, nodes))).toEqual(['demo-worker'])
    expect(names(nodesThatMayRun({ nodeSelector: { tier: 'backstage' }, tolerations: [equal] }, nodes))).toEqual([
      'demo-worker2',
    ])
  })

  it('take any pod where one node is the whole cluster, and a soft taint keeps nobody away', () => {
    expect(names(nodesThatMayRun({}, namedNodes('one', [madeNode('control-plane')])))).toEqual(['one-control-plane'])
    const soft = namedNodes('one', [madeNode('control-plane', { taints: [{ ...infra, effect: 'PreferNoSchedule' }] })])
    expect(names(nodesThatMayRun({}, soft))).toEqual(['one-control-plane'])
  })
})
