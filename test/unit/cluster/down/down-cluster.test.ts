import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { takeMarker } from '../../../../cluster/ownership-marker.ts'
import { downCluster, type DownOptions } from '../../../../cluster/down/down-cluster.ts'
import { undoError, type Undo } from '../../../../cluster/undo.ts'
import { addToKubeconfig } from '../../../../cluster/kubeconfig/kubeconfig.ts'
import { clusterPaths } from '../../../../cluster/paths.ts'
import { writeFileAtomic } from '../../../../core/atomic-write.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { CommandError, makeRun } from '../../../../core/run.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const { signal } = new AbortController()
const before = '# mine\ncurrent-context: old\ncontexts: [{name: old, context: {cluster: a}}]\n'
const ours = `clusters: [{name: kind-demo, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: kind-demo, user: {token: x}}]
contexts: [{name: kind-demo, context: {cluster: kind-demo, user: kind-demo}}]
`

const made = async (parts: Parameters<typeof standInEngine>[0] = {}) => {
  const folder = await ownFolder()
  const kubeconfig = join(folder, 'config')
  await writeFile(kubeconfig, before)
  const { engine, world } = standInEngine({
    containers: [
      nodeContainer('demo', 'control-plane'),
      nodeContainer('demo', 'worker'),
      nodeContainer('other', 'worker'),
    ],
    networks: { kind: {}, 'demo-net': { 'dev.kindup.cluster': 'demo' } },
    ...parts,
  })
  world.volumes.set('data', { 'dev.kindup.cluster': 'demo' })
  world.volumes.set('theirs', {})
  await takeMarker(engine, {
    name: 'demo',
    version: '0',
    engine: 'docker',
    config: '/w/kindup.yaml',
    kubeconfig,
    previousContext: 'old',
    kubeconfigCreated: false,
    hostsCreated: false,
  })
  await addToKubeconfig({ file: kubeconfig, name: 'demo', kubeconfig: ours, signal })
  const paths = clusterPaths('demo', { KINDUP_CACHE: join(folder, 'cache') })
  await writeFileAtomic(paths.kubeconfig, ours)
  const options: DownOptions = { name: 'demo', engine, run: makeRun(), paths, signal }
  return { options, engine, world, kubeconfig, paths }
}

const listening = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: async () => void (server.close(), await once(server, 'close')) }
}

describe('downCluster', () => {
  it('takes away all that carries the mark, the ownership marker too, and nothing else', async () => {
    const { options, world, kubeconfig, paths } = await made()
    const source = new URL('../../../../cluster/private-folder.ts', import.meta.url).href
    const script = `await (await import(${JSON.stringify(source)})).openPrivateFolder(${JSON.stringify(paths.cacheFolder)})`
    execFileSync(process.execPath, ['--input-type=module', '--eval', script])
    expect(readdirSync(join(paths.cacheFolder, 'private'))).toHaveLength(1)
    const result = await downCluster(options)
    expect(readdirSync(join(paths.cacheFolder, 'private'))).toEqual([])
    expect(result.failures).toEqual([])
    expect(result.removed.toSorted()).toEqual([
      'container demo-control-plane',
      'container demo-worker',
      `context kind-demo in ${kubeconfig}`,
      'network demo-net',
      'volume data',
      'volume kindup-demo',
    ])
    expect(result.kept).toEqual(['network kind'])
    expect([...world.containers.keys()]).toEqual(['other-worker'])
    expect([...world.volumes.keys()]).toEqual(['theirs'])
    expect([...world.networks.keys()]).toEqual(['kind'])
    expect(await readFile(kubeconfig, 'utf8')).toBe(before)
    expect(existsSync(paths.folder)).toBe(false)
  })

  it('takes away names of pushes to where nobody listens any longer, and no other', async () => {
    const { options, world } = await made()
    await using here = await listening()
    const id = 'a'.repeat(64)
    const gone = `127.0.0.1:1/kindup/team/web:${id}`
    const others = [
      `127.0.0.1:${here.port}/kindup/team/web:${id}`,
      `127.0.0.1:1/team/web:${id}`,
      'localhost:1/kindup/web:1',
    ]
    for (const ref of [gone, ...others])
      world.images.set(ref, { id: `sha256:${id}`, labels: {}, architecture: 'amd64', repoDigests: [] })
    const { removed } = await downCluster(options)
    expect(removed).toContain(`image name ${gone}`)
    expect([...world.images.keys()]).toEqual(others)
  })

  it('leaves such a name to a container that runs the image by it', async () => {
    const { options, world, engine } = await made()
    const id = 'b'.repeat(64)
    const name = `127.0.0.1:1/kindup/team/web:${id}`
    world.images.set(name, { id: `sha256:${id}`, labels: {}, architecture: 'amd64', repoDigests: [] })
    const said = { command: 'docker rmi', exitStatus: 1, stdout: '', stderr: 'conflict: unable to remove' }
    const removeImage = () => Promise.reject(new CommandError('command-failed', 'docker rmi failed', said))
    const { failures, removed } = await downCluster({ ...options, engine: { ...engine, removeImage } })
    expect([failures, removed.filter((one) => one.includes(name))]).toEqual([[], []])
  })

  it('waits for containers as long as it was told, and keeps the ownership marker where they stay', async () => {
    const { options, world } = await made()
    const busy = { ...options.engine, removeContainers: () => Promise.resolve() }
    const { failures } = await downCluster({ ...options, engine: busy, timeoutMs: 300 })
    // On a busy machine others may need longer than that, too.
    expect(failures.map(({ error }) => (error as Error).message)).toContain(
      'The removal of the containers was not ready after 0.3 s: demo-control-plane, demo-worker are being removed.',
    )
    expect(world.volumes.has('kindup-demo')).toBe(true)
  })

  it('finds nothing the second time, and is content', async () => {
    const { options } = await made()
    await downCluster(options)
    expect(await downCluster(options)).toEqual({ removed: [], kept: ['network kind'], said: [], failures: [] })
  })

  it('tries everything, keeps the ownership marker when something failed, and takes up there the next time', async () => {
    const { options, world, engine, kubeconfig } = await made()
    const broken = {
      ...engine,
      removeNetwork: () => Promise.reject(new EnvironmentError('command-failed', 'network has active endpoints')),
    }
    const done: string[] = []
    const alongside: Undo = {
      title: 'the hosts file',
      run: () => (done.push('hosts'), Promise.resolve({ removed: ['block'], kept: [], said: [] })),
    }
    const result = await downCluster({ ...options, engine: broken }, [alongside])
    expect(result.failures).toMatchObject([{ title: 'the containers' }])
    expect(result.removed).toContain('block')
    expect(undoError('demo', result)?.message).toContain('network has active endpoints')
    expect(await readFile(kubeconfig, 'utf8')).toBe(before)
    expect(world.volumes.has('kindup-demo')).toBe(true)
    const again = await downCluster(options)
    expect(again.failures).toEqual([])
    expect(world.volumes.has('kindup-demo')).toBe(false)
  })

  it('goes on until the engine lists none, also of what it was only making', async () => {
    const { options, engine, world } = await made()
    let looks = 0
    const late = {
      ...engine,
      removeContainers: async (names: readonly string[]) => {
        // Docker says that there is no such container while it is being made.
        if (++looks > 1) await engine.removeContainers(names)
      },
    }
    expect((await downCluster({ ...options, engine: late })).removed).toContain('container demo-worker')
    expect([...world.containers.keys()]).toEqual(['other-worker'])
  })

  it('with podman takes the volumes that kind labelled with the names of the nodes', async () => {
    const { options, world } = await made({ name: 'podman', containers: [nodeContainer('demo', 'control-plane')] })
    world.volumes.set('3f2a', { 'demo-control-plane': '' })
    expect((await downCluster(options)).removed).toContain('volume 3f2a')
  })

  it('with podman takes those of nodes that were never made, and no other cluster’s', async () => {
    const { options, world } = await made({ name: 'podman', containers: [] })
    world.volumes.set('3f2a', { 'demo-control-plane': '' })
    world.volumes.set('77ab', { 'demo-worker12': '' })
    world.volumes.set('other', { 'demo-worker-control-plane': '' })
    world.volumes.set('my', { 'my-demo-worker': '' })
    const { removed } = await downCluster(options)
    expect(removed.filter((one) => one.startsWith('volume'))).toEqual(
      expect.arrayContaining(['volume 3f2a', 'volume 77ab']),
    )
    expect([...world.volumes.keys()].toSorted()).toEqual(['my', 'other', 'theirs'])
  })

  it('refuses a cluster without an ownership marker, unless it was told to', async () => {
    const { engine, world } = standInEngine({ containers: [nodeContainer('demo', 'control-plane')] })
    const options = {
      name: 'demo',
      engine,
      run: makeRun(),
      paths: clusterPaths('demo', { KINDUP_CACHE: '/nowhere' }),
      signal,
    }
    await expect(downCluster(options)).rejects.toMatchObject({ code: 'not-ours' })
    expect(world.containers.size).toBe(1)
    expect((await downCluster({ ...options, foreignToo: true })).removed).toEqual(['container demo-control-plane'])
  })
})
