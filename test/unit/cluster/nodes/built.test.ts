import { identified } from '../../../../core/identity.ts'
import { describe, expect, it } from 'vitest'
import { builtFrom, builtOtherwise, builtUndo, differsInWorkers } from '../../../../cluster/nodes/built.ts'
import type { ClusterConfig } from '../../../../config/config.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'

const config = (parts: Partial<ClusterConfig> = {}) =>
  madeConfig({
    cluster: {
      engine: 'auto',
      nodes: [madeNode('control-plane'), madeNode('worker', { ports: ['80:80'], labels: { a: '1' } })],
      onPortConflict: 'fail',
      mirrors: [],
      kind: {},
      kubernetes: '1.36',
      ...parts,
    },
  })
const entry = {
  ...identified({ kind: 'cluster', name: 'nodes' }),
  title: '',
  kind: 'cluster',
  needs: [],
  undo: builtUndo(config()),
}

describe('builtOtherwise', () => {
  it('says nothing of what can be changed in place', () => {
    const nodes = [
      madeNode('control-plane', { taints: [{ key: 'k', value: '', effect: 'NoExecute' }] }),
      madeNode('worker', { ports: ['80:80'], labels: { b: '2' } }),
    ]
    expect(builtOtherwise(config({ nodes }), entry)).toBeUndefined()
  })

  it('says nothing of workers more or less, which join and leave', () => {
    for (const ports of [[], [['80:80'], ['81:81'], []]]) {
      const nodes = [madeNode('control-plane'), ...ports.map((one) => madeNode('worker', { ports: one }))]
      expect(builtOtherwise(config({ nodes }), entry)).toBeUndefined()
      expect(differsInWorkers(config({ nodes }), entry)).toBe(true)
    }
  })

  const worker = madeNode('worker', { ports: ['80:80'], labels: { a: '1' } })
  it.each([
    [
      { nodes: [madeNode('control-plane'), madeNode('worker', { ports: ['8080:80'] })] },
      'port 8080:80 on the worker and no port 80:80 on the worker',
    ],
    [{ nodes: [madeNode('control-plane', { ports: ['53:53'] }), worker] }, 'port 53:53 on the control-plane'],
    [{ kubernetes: '1.37' }, 'Kubernetes 1.37 instead of 1.36'],
    [{ kind: { networking: {} } }, 'other raw kind keys'],
    [{ nodes: [madeNode('control-plane'), madeNode('control-plane'), worker] }, '1 control-plane more'],
    [{ nodes: [madeNode('control-plane')], kubernetes: '1.37' }, '1 worker less and Kubernetes 1.37 instead of 1.36'],
    [
      { nodes: [madeNode('control-plane', { ports: ['81:81'] }), worker, worker] },
      'port 81:81 on the control-plane and 1 worker more',
    ],
  ])('names what cannot (%#)', (parts, words) => {
    expect(builtOtherwise(config(parts), entry)).toBe(`the file has ${words}, and the cluster was made otherwise`)
  })

  it('says of a cluster of an earlier kindup what is known, and nothing that only follows from it', () => {
    const old = { ...entry, undo: { built: builtFrom(config()) } }
    const nodes = [madeNode('control-plane'), worker, worker]
    expect(builtOtherwise(config({ nodes }), old)).toBe(
      'the file has other nodes or roles, and the cluster was made otherwise',
    )
  })

  it('knows nothing without a record', () => {
    expect(builtOtherwise(config(), undefined)).toBeUndefined()
    expect(builtOtherwise(config(), { ...entry, undo: 'other' })).toBeUndefined()
  })
})
