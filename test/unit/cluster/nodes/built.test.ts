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
      madeNode('worker', { ports: ['8080:80', '81:81'], labels: { b: '2' } }),
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
  const mounted = {
    ...worker,
    mounts: [{ hostPath: '/data', nodePath: '/data', readOnly: true }],
  }
  const mounts = 'engines mount nothing into a container that runs'
  const planes = 'control planes share an etcd that is made with them'
  const image = 'nodes keep the image that they were made from'
  const keys = 'kind reads its keys when it makes the nodes'
  it.each([
    [{ nodes: [madeNode('control-plane'), mounted] }, 'the mount /data:/data:ro on the worker', mounts],
    [{ kubernetes: '1.37' }, 'Kubernetes 1.37 instead of 1.36', image],
    [{ kind: { networking: {} } }, 'the raw key kind.networking', keys],
    [{ kind: { networking: { podSubnet: '10.1.0.0/16' } } }, 'the raw key kind.networking.podSubnet', keys],
    [{ nodes: [madeNode('control-plane'), madeNode('control-plane'), worker] }, '1 control-plane more', planes],
    [
      { nodes: [madeNode('control-plane')], kubernetes: '1.37' },
      '1 worker less and Kubernetes 1.37 instead of 1.36',
      `${planes}; ${image}`,
    ],
  ])('names what cannot, and why (%#)', (parts, words, why) => {
    expect(builtOtherwise(config(parts), entry)).toBe(
      `the file has ${words}, and the cluster was made otherwise (${why})`,
    )
  })

  it('says of a cluster of an earlier kindup what is known, and nothing that only follows from it', () => {
    const old = { ...entry, undo: { built: builtFrom(config()) } }
    const nodes = [madeNode('control-plane'), madeNode('control-plane'), worker]
    expect(builtOtherwise(config({ nodes }), old)).toBe(
      `the file has other nodes or roles, and the cluster was made otherwise (${planes})`,
    )
    const ported = { ...entry, undo: { built: { ...builtFrom(config()), ports: 'others' } } }
    expect(builtOtherwise(config(), ported)).toBeUndefined()
  })

  it('knows nothing without a record', () => {
    expect(builtOtherwise(config(), undefined)).toBeUndefined()
    expect(builtOtherwise(config(), { ...entry, undo: 'other' })).toBeUndefined()
  })
})
