import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deployment, endedWell, soundly } from './shop.ts'
import { machine, type Machine } from '../support/stand-ins/machine.ts'
import { ownPort } from '../support/own-port.ts'

const image = 'registry:3'
const password = 'words-of-an-upstream'

const fileOf = (name: string, registry: string, mirrors: string) => `name: ${name}
cluster: { workers: 1, registry: ${registry}, mirrors: ${mirrors} }
hosts: { mode: none }
services:
  web:
    image: { build: ./web, name: localhost:PORT/team/web, tag: hash }
    deploy: { manifests: [./web.yaml] }
    namespace: web
  other: { deploy: { manifests: [./other.yaml] }, namespace: other }
`

describe('a registry and mirrors beside the cluster', () => {
  let at: Machine
  let port: number
  const registry = () => `kindup-registry-${port}`

  beforeEach(async () => {
    at = await machine()
    at.world.images.set(image, { id: 'sha256:1', labels: {} })
    port = await ownPort()
    await Promise.all([
      at.write('web/Dockerfile', 'FROM scratch\n'),
      at.write('web.yaml', deployment('web', `localhost:${port}/team/web`)),
      at.write('other.yaml', deployment('other', 'example/other:1')),
    ])
    await file('one', '{ port: PORT }', '[docker.io]')
  })
  afterEach(() => at[Symbol.asyncDispose]())

  const file = (name: string, local: string, mirrors = 'false', path = 'kindup.yaml') =>
    at.write(path, fileOf(name, local, mirrors).replaceAll('PORT', String(port)))
  const run = async (...args: readonly string[]) => {
    const ran = soundly(at, await at.kindup(args))
    expect(`${ran.stderr}${at.calls.join('\n')}`).not.toContain(password)
    return ran
  }
  const well = async (...args: readonly string[]) => endedWell(await run(...args))
  const ofKindup = () =>
    [...at.world.containers.keys(), ...at.world.volumes.keys()].filter((name) => name.startsWith('kindup')).toSorted()
  const told = (node: string, host: string) =>
    at.world.containers.get(node)?.texts.get(`/etc/containerd/certs.d/${host}/hosts.toml`)
  const hosting = (cluster = 'one') =>
    at
      .api(cluster)
      .state.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-public', name: 'local-registry-hosting' })

  it('are told to every node, hold what is built for them, and are no news the second time', async () => {
    const plan = await well('plan', '--json')
    const needs = Object.fromEntries(
      (plan.json().steps as unknown as readonly { id: string; needs: string[] }[]).map((step) => [step.id, step.needs]),
    )
    expect(needs['service/web']).toContain('registry')
    expect(needs['image/web']).toContain('registry')
    expect(needs['service/other']).not.toContain('registry')

    const up = (await well('up', '--json')).json()
    expect(up['endpoints']).toEqual([{ name: 'registry', url: `http://localhost:${port}` }])
    for (const node of ['one-control-plane', 'one-worker']) {
      expect(told(node, `localhost:${port}`)).toContain(`server = "http://${registry()}:${port}"`)
      expect(told(node, 'docker.io')).toMatch(
        /server = "https:\/\/registry-1\.docker\.io"\n\n\[host\."http:\/\/kindup-mirror-docker-io:5000"\]/,
      )
    }
    expect(at.world.containers.get(registry())?.networks).toEqual(['kind'])
    expect(at.world.containers.get(registry())?.ports).toMatchObject([{ address: '127.0.0.1', hostPort: port }])
    expect(JSON.stringify(hosting()?.['data'])).toContain(`localhost:${port}`)
    const pushed = [...(at.world.registries.get(`kindup_registry-${port}`) ?? new Map<string, string>()).keys()]
    expect(pushed).toEqual([expect.stringMatching(/^team\/web:[0-9a-f]{12}$/)])

    const before = at.changes().length
    const again = (await well('up', '--json')).json()
    expect(again.steps.filter(({ result }) => result !== 'unchanged')).toEqual([])
    expect(at.changes().slice(before)).toEqual([])
    expect((await well('status', '--json')).json()).toMatchObject({ healthy: true })
  })

  it('come back where they are lost: a container, what a node was told, a volume that says who uses it', async () => {
    await well('up')
    at.world.containers.get('one-worker')?.texts.delete('/etc/containerd/certs.d/docker.io/hosts.toml')
    const stopped = at.world.containers.get(registry())!
    stopped.running = false
    for (const listener of stopped.listeners) listener.close()
    const status = await run('status', '--json')
    expect(status.code).toBe(1)
    expect(status.json().steps).toEqual(
      expect.arrayContaining([
        { id: 'registry', state: 'broken', why: `the container ${registry()} is stopped` },
        { id: 'mirror/docker.io', state: 'broken', why: 'one-worker does not know of it' },
      ]),
    )
    await well('up')
    expect(told('one-worker', 'docker.io')).toBeDefined()
    expect(at.world.containers.get(registry())?.running).toBe(true)

    at.world.volumes.delete(`kindup_one_uses_registry-${port}`)
    await well('up')
    expect(at.world.volumes.has(`kindup_one_uses_registry-${port}`)).toBe(true)
    expect((await well('status', '--json')).json()).toMatchObject({ healthy: true })
  })

  it('that have no room end an image with what to type and keep nothing of it, and have it once there is room', async () => {
    at.world.full.add(`kindup_registry-${port}`)
    const { code, stderr } = await run('up')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      new RegExp(
        `The registry localhost:${port} is full: there is no space left on its disk for localhost:${port}/team/web:[0-9a-f]{12}\\.`,
      ),
    )
    expect(stderr).toContain(`docker rm --force ${registry()} && docker volume rm kindup_registry-${port} && kindup up`)
    expect([...at.world.halfSent]).toEqual([])
    at.world.full.clear()
    await well('up')
    expect([...(at.world.registries.get(`kindup_registry-${port}`) ?? new Map<string, string>()).keys()]).toEqual([
      expect.stringMatching(/^team\/web:/),
    ])
  })

  it('go with the last cluster that uses them; a mirror stays until caches are to go', async () => {
    await well('up')
    await file('two', '{ port: PORT }', 'false', 'two/kindup.yaml')
    await Promise.all(
      ['web.yaml', 'other.yaml', 'web/Dockerfile'].map(async (path) => at.write(`two/${path}`, await at.read(path))),
    )
    await well('up', '--config', 'two/kindup.yaml')

    const first = (await well('down', '--name', 'one', '--json')).json()
    expect(first['kept']).toEqual(expect.arrayContaining([`registry localhost:${port}`, 'mirror of docker.io']))
    expect(ofKindup()).toEqual(
      expect.arrayContaining([registry(), `kindup_registry-${port}`, `kindup_two_uses_registry-${port}`]),
    )
    const second = (await well('down', '--name', 'two', '--json')).json()
    expect(second.removed).toEqual(
      expect.arrayContaining([`container ${registry()}`, `volume kindup_registry-${port}`]),
    )
    expect(second['kept']).toEqual(expect.arrayContaining(['mirror of docker.io']))
    expect(ofKindup()).toEqual(['kindup-mirror-docker-io', 'kindup_mirror-docker-io'])

    const caches = (await well('down', '--name', 'two', '--caches', '--json')).json()
    expect(caches.removed).toEqual(['container kindup-mirror-docker-io', 'volume kindup_mirror-docker-io'])
    expect(ofKindup()).toEqual([])
  })

  it('stay with their images where the file says so', async () => {
    await file('one', '{ port: PORT, keep: true }')
    await well('up')
    const down = (await well('down', '--json')).json()
    expect(down['kept']).toContain(`registry localhost:${port}`)
    expect(ofKindup()).toEqual([registry(), `kindup_kept_registry-${port}`, `kindup_registry-${port}`])

    // A cluster that keeps nothing does not take it away either.
    await file('one', '{ port: PORT }')
    const before = at.calls.length
    await well('up')
    expect(at.calls.slice(before).filter((line) => line.startsWith('docker push'))).toEqual([])
    await well('down')
    expect(at.world.registries.get(`kindup_registry-${port}`)?.size).toBe(1)
    await well('down', '--caches')
    expect(ofKindup()).toEqual([])
  })

  it('leave nothing in the nodes when the file no longer has them', async () => {
    await well('up')
    await file('one', 'false')
    const up = (await well('up', '--json')).json()
    expect(up.steps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'registry', result: 'removed' }),
        expect.objectContaining({ id: 'mirror/docker.io', result: 'removed' }),
      ]),
    )
    expect(at.world.containers.get('one-worker')?.texts.size).toBe(0)
    expect(hosting()).toBeUndefined()
    expect(ofKindup()).toEqual(['kindup-mirror-docker-io', 'kindup-one', 'kindup_mirror-docker-io'])
  })

  it('move with their port, and tell nodes of the new one alone', async () => {
    await well('up')
    const old = port
    port = await ownPort()
    await file('one', '{ port: PORT }')
    await at.write('web.yaml', deployment('web', `localhost:${port}/team/web`))
    await well('up')
    expect(told('one-worker', `localhost:${old}`)).toBeUndefined()
    expect(told('one-worker', `localhost:${port}`)).toBeDefined()
    expect(at.world.containers.has(`kindup-registry-${old}`)).toBe(false)
  })

  it('give credentials to the one container that needs them, and to nobody else', async () => {
    await file('one', 'false', `[{ upstream: ghcr.io, username: robot, password: ${password} }]`)
    await well('up')
    const [mirror] = [...at.world.containers.values()].filter(({ registry: one }) => one)
    expect(mirror?.registry?.config).toContain(password)
    expect(mirror?.labels).toMatchObject({ 'dev.kindup.cluster': 'one' })
    expect(JSON.stringify(at.api('one').state.list({ apiVersion: 'v1', kind: 'Secret' }))).not.toContain(password)
    // Another password is another configuration, although nothing recorded says so.
    await file('one', 'false', `[{ upstream: ghcr.io, username: robot, password: ${password}-2 }]`)
    expect((await well('up', '--json')).json().steps).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'mirror/ghcr.io', result: 'updated' })]),
    )
    await well('down')
    expect(ofKindup()).toEqual([])
  })

  it('that cannot reach their upstream are a warning, and tried again the next time', async () => {
    at.world.unreachable.add('registry-1.docker.io')
    const up = (await well('up', '--json')).json()
    expect(up['warnings']).toEqual([expect.stringContaining('no such host')])
    expect(told('one-worker', 'docker.io')).toBeDefined()
    at.world.unreachable.clear()
    expect((await well('up', '--json')).json()['warnings']).toEqual([])
    expect((await well('status', '--json')).json()).toMatchObject({ healthy: true })
  })

  it('of which the registry cannot be had stop the run before anything is made', async () => {
    const container = { ...at.world.containers.get('x'), name: registry(), labels: {}, running: true }
    at.world.containers.set(registry(), {
      ports: [],
      files: new Set(),
      images: new Map(),
      listeners: [],
      texts: new Map(),
      ...container,
    })
    const taken = await run('up', '--json')
    expect(taken.code).toBe(1)
    expect(taken.json()).toMatchObject({
      error: { code: 'port-taken', message: `docker has a container ${registry()} that kindup did not make.` },
    })
    at.world.containers.delete(registry())

    at.world.images.delete(image)
    at.at('docker pull registry:3', (call) => (call.err('Error response from daemon: no such host\n'), 1))
    const missing = await run('up', '--json')
    expect(missing.code).toBe(1)
    expect(missing.json()).toMatchObject({
      error: { message: expect.stringContaining('does not hold the image registry:3, and it could not be pulled') },
    })
    await well('down')
    expect(ofKindup()).toEqual([])
  })

  it('are taken away whole after a run that was killed', async () => {
    at.world.networks.set('kind', {})
    for (const point of [
      'docker volume create',
      `docker run --detach --name ${registry()}`,
      `docker exec --interactive ${registry()}`,
    ]) {
      const held = at.hold(point)
      const running = at.start(['up'])
      await held.reachedBy(running)
      running.kill('SIGKILL')
      await running.ended
      await file('gone', 'false')
      await well('down', '--name', 'one', '--caches')
      expect([...at.world.containers.keys(), ...at.world.volumes.keys()]).toEqual([])
      await file('one', '{ port: PORT }', '[docker.io]')
    }
  })

  it('take what is published without a cluster', async () => {
    const published = (await well('image', 'publish', '--json')).json()
    const [web] = published['images'] as readonly { readonly pushed: readonly string[] }[]
    expect(published).toMatchObject({ registry: `localhost:${port}`, images: [{ name: 'web' }] })
    expect(web?.pushed).toEqual([
      expect.stringMatching(new RegExp(`^localhost:${port}/team/web:[0-9a-f]{12}$`)),
      `localhost:${port}/team/web:latest`,
    ])
    const unknown = await run('image', 'publish', 'wbe')
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('Did you mean web?')])
    expect(at.calls.filter((line) => line.startsWith('kind'))).toEqual([])
    await well('down')
    expect(ofKindup()).toEqual([])

    await file('one', 'false')
    const off = await run('image', 'publish', '--json')
    expect([off.code, off.stdout]).toEqual([2, expect.stringContaining('no local registry to publish to')])
  })
})
