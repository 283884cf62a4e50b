import { expect, it } from 'vitest'
import type { Cluster } from '../../../../cluster/cluster.ts'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import { watchMade } from '../../../../services/deploy/watch-made.ts'
import { kubeOf } from '../../../support/kube-of.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { context } from '../../../support/steps.ts'

const image = 'example/web:1'
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } }
const workload: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'dev', uid: '1', generation: 1 },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, unavailableReplicas: 1 },
}
const set: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: 'web-1',
    namespace: 'dev',
    uid: '2',
    labels: { app: 'web' },
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: '1', controller: true }],
  },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template },
}
const pod = (waiting: { readonly reason: string; readonly message: string }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-1-a',
    namespace: 'dev',
    uid: '3',
    labels: { app: 'web' },
    creationTimestamp: '2026-01-01T00:00:00Z',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: '2', controller: true }],
  },
  spec: { nodeName: 'demo-control-plane', containers: [{ name: 'web', image }] },
  status: {
    phase: 'Pending',
    containerStatuses: [{ name: 'web', image, ready: false, restartCount: 0, state: { waiting } }],
  },
})
const refused = { reason: 'ErrImagePull', message: `docker.io/${image}: not found` }

const world = (made: () => readonly KubeObject[], pods: readonly KubeObject[]) => {
  const [loaded, deleted]: [string[], string[]] = [[], []]
  const stop = new AbortController()
  const kube: Kube = kubeOf({
    list: ({ kind }) => Promise.resolve(kind === 'Pod' ? pods : []),
    delete: ({ kind, name }) => {
      deleted.push(`${kind} ${name}`)
      stop.abort()
      return Promise.resolve()
    },
    logs: () => Promise.resolve(''),
    watch: async function* ({ kind }, signal) {
      const all: Readonly<Record<string, readonly KubeObject[]>> = { Deployment: made(), ReplicaSet: [set], Pod: pods }
      yield all[kind] ?? []
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    },
  })
  const config = madeConfig()
  const cluster = {
    config,
    nodes: namedNodes('demo', config.cluster.nodes),
    engine: () => Promise.resolve({ command: 'docker' }),
    nodeStarts: () => Promise.resolve(new Map()),
    load: (images: readonly string[]) => {
      loaded.push(...images)
      return Promise.resolve(images)
    },
  } as unknown as Cluster
  let asked = 0
  // Nothing is there before the controller makes it.
  const find = () => Promise.resolve(asked++ === 0 ? [] : made())
  return { loaded, deleted, run: () => watchMade({ kube, cluster, find }, context(stop.signal)) }
}

it('puts images into the nodes that only a controller has named, and has those pods made again that asked for them in vain', async () => {
  const { loaded, deleted, run } = world(() => [workload], [pod({ reason: 'ImagePullBackOff', message: '' })])
  await run()
  expect([loaded, deleted]).toEqual([[image], ['Pod web-1-a']])
})

it('ends with what keeps the workload of a controller from getting ready', async () => {
  const later = { ...pod(refused), metadata: { ...pod(refused).metadata, creationTimestamp: '2999-01-01T00:00:00Z' } }
  const { run } = world(() => [workload], [later])
  await expect(run()).rejects.toMatchObject({
    code: 'wait-failed',
    message: expect.stringContaining(`Deployment web: image ${image} cannot be pulled`),
  })
})
