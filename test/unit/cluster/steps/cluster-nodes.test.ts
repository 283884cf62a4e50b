import { describe, expect, it } from 'vitest'
import { builtFrom } from '../../../../cluster/nodes/built.ts'
import { clusterApiStep } from '../../../../cluster/steps/cluster-api.ts'
import { clusterNodesStep } from '../../../../cluster/steps/cluster-nodes.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import { madeNode } from '../../../support/made-config.ts'
import { kubeNode, standInCluster, type StandIn } from '../../../support/stand-in-cluster.ts'

const statusOf = ({ parts, ctx }: StandIn) => clusterNodesStep(parts).status(ctx)
const up = ({ parts, ctx }: StandIn) => clusterNodesStep(parts).up(ctx)

const withNodes = (cluster: StandIn, nodes: readonly ReturnType<typeof madeNode>[]): StandIn => {
  const config = { ...cluster.parts.config, cluster: { ...cluster.parts.config.cluster, nodes } }
  return { ...cluster, parts: { ...cluster.parts, config, nodes: namedNodes('demo', nodes) } }
}

const begun = async (): Promise<StandIn> => {
  const cluster = await standInCluster()
  await clusterApiStep(cluster.parts).up(cluster.ctx)
  cluster.done.length = 0
  return cluster
}

const ended = () => Promise.reject(new EnvironmentError('port-taken', 'Port 80 is taken.'))

describe('cluster/nodes', () => {
  it('is ready once all are, and remembers what the cluster was built from', async () => {
    const cluster = await begun()
    expect(await statusOf(cluster)).toEqual({ state: 'absent' })
    const later = { ...cluster.parts, lifecycle: { ...cluster.parts.lifecycle, created: () => false } }
    expect(await statusOf({ ...cluster, parts: later })).toMatchObject({
      state: 'changed',
      what: expect.stringContaining('interrupted'),
    })
    await up(cluster)
    expect(await statusOf(cluster)).toEqual({ state: 'ready' })
    expect(cluster.entries.get('cluster/nodes')?.fingerprint).toEqual(builtFrom(cluster.parts.config))
    expect(cluster.state.whole).toBe(true)
  })

  it('does not believe what nodes said before they were started again', async () => {
    const cluster = await begun()
    await up(cluster)
    const container = cluster.world.containers.get('demo-worker')!
    const now = Date.now()
    cluster.world.containers.set('demo-worker', { ...container, startedAt: now - 5_000 })
    const worker = cluster.nodes.get('demo-worker')!
    const creationTimestamp = new Date(now - 60_000).toISOString()
    const heard = (seconds: number) => ({ lastHeartbeatTime: new Date(now - seconds * 1_000).toISOString() })
    const told = (seconds: number) =>
      cluster.nodes.set('demo-worker', {
        ...worker,
        metadata: { ...worker.metadata, creationTimestamp },
        status: { conditions: [{ type: 'Ready', status: 'True', ...heard(seconds) }] },
      })
    told(30)
    expect(await statusOf(cluster)).toEqual({
      state: 'broken',
      why: 'demo-worker: nothing was heard of it since it was started',
    })
    told(1)
    expect(await statusOf(cluster)).toEqual({ state: 'ready' })
  })

  it('changes labels and taints in place, and takes away only its own', async () => {
    const cluster = await begun()
    await up(cluster)
    const worker = cluster.nodes.get('demo-worker')!
    cluster.nodes.set('demo-worker', { ...worker, metadata: { ...worker.metadata, labels: { theirs: 'yes' } } })
    const labelled = withNodes(cluster, [
      madeNode('control-plane'),
      madeNode('worker', { labels: { tier: 'a' }, taints: [{ key: 'k', value: '', effect: 'NoExecute' }] }),
    ])
    expect(await statusOf(labelled)).toEqual({
      state: 'changed',
      what: 'demo-worker: label tier=a; demo-worker: taint k:NoExecute',
    })
    await up(labelled)
    expect(cluster.nodes.get('demo-worker')?.metadata.labels).toEqual({ theirs: 'yes', tier: 'a' })
    expect(await statusOf(labelled)).toEqual({ state: 'ready' })
    await up(cluster)
    expect(cluster.nodes.get('demo-worker')?.metadata.labels).toEqual({ theirs: 'yes' })
    expect(cluster.nodes.get('demo-worker')?.['spec']).toEqual({ taints: [] })
  })

  it('removes a worker that the file no longer has, but not where only a part of the file is meant', async () => {
    const cluster = await begun()
    await up(cluster)
    const fewer = withNodes(cluster, [madeNode('control-plane')])
    expect(await statusOf(fewer)).toMatchObject({
      state: 'changed',
      what: expect.stringContaining('demo-worker is no longer in the file'),
    })
    expect(await statusOf({ ...fewer, parts: { ...fewer.parts, isNarrowed: true } })).toEqual({ state: 'ready' })
  })

  it('refuses what only a new cluster can have, and goes on knowing what it was built from', async () => {
    const cluster = await begun()
    await up(cluster)
    const before = cluster.entries.get('cluster/nodes')
    const changed = withNodes(cluster, [madeNode('control-plane'), madeNode('control-plane')])
    expect(await statusOf(changed)).toMatchObject({
      state: 'changed',
      what: expect.stringContaining('only --recreate'),
    })
    await expect(up(changed)).rejects.toMatchObject({
      code: 'recreate-needed',
      message: expect.stringContaining('1 control-plane more'),
    })
    expect(cluster.entries.get('cluster/nodes')).toEqual(before)
  })

  it('does not take the file of today for what was built when correcting labels was interrupted', async () => {
    const cluster = await begun()
    const entry = cluster.entries.get('cluster/nodes')!
    cluster.entries.set(entry.id, {
      ...entry,
      undo: { built: { ...builtFrom(cluster.parts.config), mounts: 'others' } },
    })
    await expect(up(cluster)).rejects.toMatchObject({ code: 'recreate-needed' })
  })

  it('is broken by a node that is not Ready, and by one that is not there', async () => {
    const cluster = await begun()
    await up(cluster)
    cluster.nodes.set(
      'demo-worker',
      kubeNode('demo-worker', {
        status: { conditions: [{ type: 'Ready', status: 'Unknown', message: 'no heartbeat' }] },
      }),
    )
    expect(await statusOf(cluster)).toEqual({ state: 'broken', why: 'demo-worker: no heartbeat' })
    cluster.nodes.delete('demo-worker')
    expect(await statusOf(cluster)).toEqual({ state: 'broken', why: 'demo-worker has not joined' })
  })

  it('is broken while no pod can resolve a name', async () => {
    const cluster = await begun()
    await up(cluster)
    const server = (is: 'True' | 'False') => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'coredns-1', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: is }] },
    })
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system' },
      spec: { selector: { 'k8s-app': 'kube-dns' } },
    }
    const slice = (ready: boolean) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kube-dns-1', namespace: 'kube-system' },
      endpoints: [{ addresses: ['10.244.0.2'], conditions: { ready } }],
    })
    cluster.others.push(service, slice(false), server('False'))
    expect(await statusOf(cluster)).toMatchObject({
      state: 'broken',
      why: expect.stringContaining('the DNS of the cluster does not answer'),
    })
    // One is enough.
    cluster.others.push(server('True'), slice(true))
    expect(await statusOf(cluster)).toEqual({ state: 'ready' })
  })

  it('waits for kind, and fails as kind does', async () => {
    const cluster = await begun()
    const failing = { ...cluster, parts: { ...cluster.parts, lifecycle: { ...cluster.parts.lifecycle, ended } } }
    await expect(up(failing)).rejects.toMatchObject({ code: 'port-taken' })
    expect(cluster.entries.get('cluster/nodes')?.fingerprint).toBeUndefined()
  })
})
