import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMarker } from '../../../../cluster/ownership-marker.ts'
import { builtFrom, builtUndo } from '../../../../cluster/nodes/built.ts'
import { clusterApiStep } from '../../../../cluster/steps/cluster-api.ts'
import { ConfigError, EnvironmentError } from '../../../../core/errors.ts'
import { madeNode } from '../../../support/made-config.ts'
import { standInCluster, userKubeconfig, type StandIn } from '../../../support/stand-in-cluster.ts'
import { nodeContainer } from '../../../support/stand-in-engine.ts'

const statusOf = ({ parts, ctx }: StandIn) => clusterApiStep(parts).status(ctx)
const up = ({ parts, ctx }: StandIn) => clusterApiStep(parts).up(ctx)

/** One that a run made and finished. */
const finished = async (options: Parameters<typeof standInCluster>[0] = {}): Promise<StandIn> => {
  const cluster = await standInCluster(options)
  await up(cluster)
  const entry = cluster.entries.get('cluster/nodes')!
  cluster.entries.set(entry.id, { ...entry, fingerprint: builtFrom(cluster.parts.config) })
  cluster.state.whole = true
  cluster.done.length = 0
  return { ...cluster, parts: { ...cluster.parts, lifecycle: { ...cluster.parts.lifecycle, created: () => false } } }
}

describe('cluster/api', () => {
  it('is absent, is made after its ownership marker, and is ready', async () => {
    const cluster = await standInCluster()
    expect(await statusOf(cluster)).toEqual({ state: 'absent' })
    await up(cluster)
    expect(cluster.done).toEqual(['marker', 'create'])
    expect(await userKubeconfig(cluster.folder)).toContain('https://127.0.0.1:34567')
    expect(await statusOf(cluster)).toEqual({ state: 'ready' })
    expect(cluster.entries.get('cluster/nodes')?.undo).toEqual(builtUndo(cluster.parts.config))
  })

  it('is nothing anybody can tell without an engine', async () => {
    const engineError = new EnvironmentError('engine-unreachable', 'docker does not answer.')
    expect(await statusOf(await standInCluster({ engineError }))).toEqual({
      state: 'unknown',
      why: 'docker does not answer.',
    })
  })

  it('refuses a version that nobody knows, engine or not', async () => {
    const engineError = new EnvironmentError('engine-unreachable', 'docker does not answer.')
    const cluster = await standInCluster({ engineError, cluster: { kubernetes: '1.2' } })
    await expect(statusOf(cluster)).rejects.toThrow(ConfigError)
  })

  it('refuses more ports by IPv6 than containers may lead, before anything is made', async () => {
    const ports = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        address: '::1',
        hostPort: 7000 + index,
        nodePort: 7000 + index,
        protocol: 'tcp' as const,
      }))
    const of = (count: number) => ({
      nodes: [madeNode('control-plane'), { ...madeNode('worker'), ports: ports(count) }],
    })
    expect(await statusOf(await standInCluster({ cluster: of(20) }))).toEqual({ state: 'absent' })
    await expect(statusOf(await standInCluster({ cluster: of(21) }))).rejects.toMatchObject({
      exitCode: 2,
      problems: [
        { message: expect.stringContaining('[::1]:7020:7020 is one more'), at: { file: 'cluster.nodes.1.ports' } },
      ],
    })
    const dual = { ...of(21), kind: { networking: { ipFamily: 'dual' } } }
    expect(await statusOf(await standInCluster({ cluster: dual }))).toEqual({ state: 'absent' })
  })

  it('leaves a foreign cluster alone', async () => {
    const cluster = await standInCluster({ containers: [nodeContainer('demo', 'control-plane')] })
    expect(await statusOf(cluster)).toMatchObject({ state: 'broken', why: expect.stringContaining('did not make') })
    await expect(up(cluster)).rejects.toMatchObject({ code: 'name-taken' })
    expect(cluster.done).toEqual([])
    expect(existsSync(join(cluster.folder, 'kubeconfig'))).toBe(false)
  })

  it('misses a worker at once that somebody took away, although the API still believes in it', async () => {
    const cluster = await finished()
    cluster.world.containers.delete('demo-worker')
    expect(await statusOf(cluster)).toEqual({ state: 'broken', why: 'there is no container demo-worker any more' })
  })

  it('misses a worker whose join was broken off', async () => {
    const cluster = await finished()
    cluster.nodes.delete('demo-worker')
    expect(await statusOf(cluster)).toEqual({ state: 'ready' })
    cluster.state.joined = false
    expect(await statusOf(cluster)).toEqual({ state: 'broken', why: 'joining demo-worker was interrupted' })
  })

  it('takes a node that only the file has for no loss', async () => {
    const cluster = await finished()
    const entry = cluster.entries.get('cluster/nodes')!
    cluster.entries.set(entry.id, {
      ...entry,
      undo: { built: { ...builtFrom(cluster.parts.config), nodes: 'one less' } },
    })
    cluster.world.containers.delete('demo-worker')
    expect(await statusOf(cluster)).toEqual({ state: 'ready' })
  })

  it('is made again where its only control plane is gone', async () => {
    const cluster = await finished()
    cluster.world.containers.delete('demo-control-plane')
    expect(await statusOf(cluster)).toMatchObject({
      state: 'broken',
      why: expect.stringMatching(/^there is no control plane any more/),
    })
    await up(cluster)
    expect(cluster.done).toContain('create')
  })

  it('starts what is stopped, and makes nothing again', async () => {
    const cluster = await finished()
    const worker = cluster.world.containers.get('demo-worker')!
    cluster.world.containers.set('demo-worker', { ...worker, running: false })
    expect(await statusOf(cluster)).toEqual({ state: 'broken', why: 'demo-worker is stopped' })
    cluster.world.containers.set('demo-worker', { ...worker, running: false, paused: true })
    expect(await statusOf(cluster)).toEqual({ state: 'broken', why: 'demo-worker is paused' })
    await up(cluster)
    expect(cluster.done).toEqual(['start'])
  })

  it('makes a half-made cluster again', async () => {
    const cluster = await standInCluster()
    await up(cluster)
    cluster.done.length = 0
    cluster.state.answers = false
    expect(await statusOf(cluster)).toMatchObject({ state: 'broken' })
    await up(cluster)
    expect(cluster.done).toEqual(['start', 'create'])
  })

  it('makes one again whose nodes never joined', async () => {
    const cluster = await standInCluster()
    await up(cluster)
    cluster.done.length = 0
    cluster.nodes.delete('demo-worker')
    expect(await statusOf(cluster)).toEqual({ state: 'broken', why: 'making it was interrupted' })
    await up(cluster)
    expect(cluster.done).toEqual(['start', 'create'])
  })

  it('does not throw away a finished cluster of which a change of the nodes was broken off', async () => {
    const cluster = await finished()
    const { fingerprint: _fingerprint, ...begun } = cluster.entries.get('cluster/nodes')!
    cluster.entries.set(begun.id, begun)
    cluster.nodes.delete('demo-worker')
    expect(await statusOf(cluster)).toEqual({ state: 'ready' })
    await up(cluster)
    expect(cluster.done).not.toContain('create')
  })

  it('makes one of a single node again that kind had not brought network and storage to', async () => {
    const cluster = await standInCluster({ cluster: { nodes: [madeNode('control-plane')] } })
    await up(cluster)
    cluster.done.length = 0
    cluster.state.stores = false
    expect(await statusOf(cluster)).toEqual({ state: 'broken', why: 'making it was interrupted' })
    await up(cluster)
    expect(cluster.done).toEqual(['start', 'create'])
  })

  it('goes on with one whose nodes have all joined', async () => {
    const cluster = await standInCluster()
    await up(cluster)
    cluster.done.length = 0
    await up(cluster)
    expect(cluster.done).toEqual(['start'])
  })

  it('does not throw away a finished cluster that does not answer, unless it is told to', async () => {
    const cluster = await finished()
    cluster.state.answers = false
    await expect(up(cluster)).rejects.toMatchObject({
      code: 'api-unreachable',
      hints: expect.arrayContaining([expect.stringContaining('--recreate')]),
    })
    expect(cluster.done).toEqual(['start'])
    await up({ ...cluster, parts: { ...cluster.parts, recreate: true } })
    expect(cluster.done).toEqual(['start', 'start', 'create'])
  })

  it('with --recreate makes again what cannot be changed in place, and only that', async () => {
    const cluster = await finished()
    const asked = { ...cluster, parts: { ...cluster.parts, recreate: true } }
    expect(await statusOf(asked)).toEqual({ state: 'ready' })
    const cluster136 = { ...cluster.parts.config.cluster, kubernetes: '1.36' }
    const changed = { ...asked, parts: { ...asked.parts, config: { ...cluster.parts.config, cluster: cluster136 } } }
    expect(await statusOf(changed)).toMatchObject({
      state: 'broken',
      why: expect.stringContaining('Kubernetes 1.36'),
    })
    expect(await statusOf({ ...changed, parts: { ...changed.parts, recreate: false } })).toEqual({ state: 'ready' })
    await up(changed)
    expect(cluster.done).toEqual(['start', 'create'])
  })

  it('puts the entries back that somebody took out of the kubeconfig', async () => {
    const cluster = await finished()
    await writeFile(join(cluster.folder, 'kubeconfig'), 'apiVersion: v1\nkind: Config\n')
    expect(await statusOf(cluster)).toMatchObject({ state: 'changed', what: expect.stringContaining('kind-demo') })
    await up(cluster)
    expect(await statusOf(cluster)).toEqual({ state: 'ready' })
  })

  it('renews the ownership marker of an attempt that made nothing, when the user went on elsewhere', async () => {
    const cluster = await standInCluster()
    const failing = {
      ...cluster.parts,
      lifecycle: { ...cluster.parts.lifecycle, create: () => Promise.reject(new Error('no')) },
    }
    await writeFile(join(cluster.folder, 'kubeconfig'), 'current-context: first\n')
    await expect(clusterApiStep(failing).up(cluster.ctx)).rejects.toThrow('no')
    expect(await readMarker(await cluster.parts.engine(), 'demo')).toMatchObject({ previousContext: 'first' })
    await writeFile(join(cluster.folder, 'kubeconfig'), 'current-context: second\n')
    await up(cluster)
    expect(await readMarker(await cluster.parts.engine(), 'demo')).toMatchObject({ previousContext: 'second' })
    // And not when nothing is different.
    expect(cluster.done).toEqual(['marker', 'marker', 'create'])
  })
})
