import { describe, expect, it } from 'vitest'
import { builtFrom, builtOtherwise } from '../../../../cluster/nodes/built.ts'
import type { ClusterConfig } from '../../../../core/config/config.ts'
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
const entry = { id: 'cluster/nodes', title: '', kind: 'cluster', needs: [], undo: { built: builtFrom(config()) } }

describe('builtOtherwise', () => {
  it('says nothing of what can be changed in place', () => {
    const nodes = [
      madeNode('control-plane', { taints: [{ key: 'k', value: '', effect: 'NoExecute' }] }),
      madeNode('worker', { ports: ['80:80'], labels: { b: '2' } }),
    ]
    expect(builtOtherwise(config({ nodes }), entry)).toBeUndefined()
  })

  it.each([
    [{ nodes: [madeNode('control-plane'), madeNode('worker', { ports: ['8080:80'] })] }, 'other host ports'],
    [{ kubernetes: '1.37' }, 'another Kubernetes version'],
    [{ kind: { networking: {} } }, 'other raw kind keys'],
    [{ nodes: [madeNode('control-plane')] }, 'other nodes or roles'],
  ])('names what cannot (%#)', (parts, words) => {
    expect(builtOtherwise(config(parts), entry)).toContain(words)
  })

  it('knows nothing without a record', () => {
    expect(builtOtherwise(config(), undefined)).toBeUndefined()
    expect(builtOtherwise(config(), { ...entry, undo: 'other' })).toBeUndefined()
  })
})
