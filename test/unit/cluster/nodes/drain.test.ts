import { describe, expect, it } from 'vitest'
import { drain, lossOf } from '../../../../cluster/nodes/drain.ts'
import { extraWorkers } from '../../../../cluster/steps/remove-workers.ts'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { madeNode } from '../../../support/made-config.ts'
import { nodeContainer } from '../../../support/stand-in-engine.ts'
import { context } from '../../../support/steps.ts'

const pod = (name: string, metadata: object = { ownerReferences: [{ kind: 'ReplicaSet' }] }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'web', uid: name, ...metadata },
})

/** A node whose pods leave as the looks go on; a budget refuses as often as said. */
const node = (looks: readonly (readonly KubeObject[])[], refusals = 0) => {
  const done: string[] = []
  let count = 0
  let left = refusals
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is asked for nothing else, and would throw
  const kube = {
    list: () => Promise.resolve(looks[Math.min(count++, looks.length - 1)] ?? []),
    mergePatch: (_ref: unknown, patch: unknown) => Promise.resolve(void done.push(JSON.stringify(patch))),
    evict: ({ name }: { name: string }) => (done.push(`evict ${name}`), Promise.resolve(left-- <= 0)),
  } as unknown as Kube
  return { kube, done }
}

describe('draining a node', () => {
  it('evicts what a controller makes elsewhere, and leaves what belongs to the node', async () => {
    const own = [
      pod('proxy', { ownerReferences: [{ kind: 'DaemonSet' }] }),
      pod('static', { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    ]
    const { kube, done } = node([[pod('a'), ...own], [pod('a'), ...own], own])
    await drain(kube, 'demo-worker', context())
    expect(done).toEqual(['{"spec":{"unschedulable":true}}', 'evict a'])
  })

  it('waits for a budget, and says which pod nobody makes again', async () => {
    const warned: string[] = []
    const { kube, done } = node([[pod('a', {})], [pod('a', {})], [pod('a', {})], []], 1)
    await drain(kube, 'demo-worker', { ...context(), warn: (text) => void warned.push(text) })
    expect(done.filter((one) => one === 'evict a')).toHaveLength(2)
    expect(warned).toEqual(['Pod web/a goes with demo-worker, and no controller makes it again.'])
  })

  it('ends although pods come again that tolerate a node which takes none', async () => {
    const { kube, done } = node([[pod('a')], [pod('a')], [pod('b')], [pod('c')]])
    await drain(kube, 'demo-worker', context())
    expect(done).not.toContain('evict b')
  })
})

it('names the claims whose data lies on a node', async () => {
  const volume = (name: string, on: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ values: [on] }] }] } } },
  })
  const claim = (name: string, volumeName: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'db' },
    spec: { volumeName },
  })
  const objects = [volume('v1', 'demo-worker'), volume('v2', 'demo-worker2'), claim('data', 'v1'), claim('other', 'v2')]
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is asked for nothing else, and would throw
  const kube = {
    list: ({ kind }: { kind: string }) => Promise.resolve(objects.filter((object) => object.kind === kind)),
  } as unknown as Kube
  expect(await lossOf(kube, 'demo-worker')).toMatchObject({
    code: 'node-holds-data',
    message: 'demo-worker holds the data of PersistentVolumeClaim db/data, which would go with it.',
    hints: [expect.any(String), 'kubectl delete persistentvolumeclaim --namespace db data'],
  })
  expect(await lossOf(kube, 'demo-control-plane')).toBeUndefined()
  const retained = volume('v3', 'demo-control-plane')
  objects.push({
    ...retained,
    spec: { ...(retained['spec'] as object), persistentVolumeReclaimPolicy: 'Retain' },
    status: { phase: 'Released' },
  })
  expect(await lossOf(kube, 'demo-control-plane')).toMatchObject({
    message: 'demo-control-plane holds the data of PersistentVolume v3, which would go with it.',
    hints: [expect.any(String), 'kubectl delete persistentvolume v3'],
  })
})

it('asks pods where the data of a volume lies that is a folder of any node', async () => {
  const claimRef = { name: 'data', namespace: 'db' }
  const objects: KubeObject[] = [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'v1' },
      spec: { hostPath: { path: '/data' }, claimRef },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'db' },
      spec: { volumeName: 'v1' },
    },
  ]
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is asked for nothing else, and would throw
  const kube = {
    list: ({ kind }: { kind: string }) => Promise.resolve(objects.filter((object) => object.kind === kind)),
  } as unknown as Kube
  const refusal = {
    code: 'node-holds-data',
    message: 'demo-worker may hold the data of PersistentVolumeClaim db/data, which would go with it.',
  }
  expect(await lossOf(kube, 'demo-worker')).toMatchObject(refusal)
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  const user = (nodeName: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'db', namespace: 'db' },
    spec: { nodeName, volumes },
  })
  objects.push(user('demo-worker2'))
  expect(await lossOf(kube, 'demo-worker')).toBeUndefined()
  objects.push(user('demo-worker'))
  expect(await lossOf(kube, 'demo-worker')).toMatchObject(refusal)
})

it('takes the last workers first', () => {
  const containers = ['', '2', '10', '3'].map((count) =>
    nodeContainer('demo', 'worker', { name: `demo-worker${count}` }),
  )
  const nodes = namedNodes('demo', [madeNode('control-plane'), madeNode('worker')])
  expect(extraWorkers(containers, nodes)).toEqual(['demo-worker10', 'demo-worker3', 'demo-worker2'])
})
