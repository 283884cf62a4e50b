import { describe, expect, it } from 'vitest'
import { complaintIn, ensureServed, portTaken, troubleOf } from '../../../../cluster/registry/container.ts'
import { localRegistry } from '../../../../cluster/registry/local.ts'
import type { Container } from '../../../../cluster/engine/engine.ts'
import type { Parts } from '../../../../cluster/parts.ts'
import { CommandError } from '../../../../core/run.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'

const base = madeConfig()
const served = localRegistry({ ...base, cluster: { ...base.cluster, registry: { port: 5001, keep: false } } })!
const { container } = served
const sound: Container = {
  name: container.name,
  labels: container.labels,
  running: true,
  ports: [{ address: '127.0.0.1', hostPort: 5001, containerPort: 5001, protocol: 'tcp' }],
  networks: ['kind'],
}

/** What is found wrong of a registry that was told `config`, and answers `answer` to a node. */
const probed = (parts: Partial<Container> = {}, config = container.config, answer = 'HTTP/1.1 200 OK\r\n') => {
  const { engine } = standInEngine({
    containers: [{ ...sound, ...parts }, nodeContainer('demo', 'control-plane')],
    networks: { kind: {} },
    // This machine cannot ask it: only a node can.
    info: { host: 'build' },
    exec: (_container, [program]) =>
      Promise.resolve({ stdout: program === 'curl' ? answer : config, stderr: '', code: 0 }),
  })
  return troubleOf(container, engine, 'demo')
}

describe('a registry', () => {
  it('is looked at itself', async () => {
    expect(await probed()).toBeUndefined()
    expect(await probed({ running: false })).toBe('the container kindup-registry-5001 is stopped')
    expect(await probed({ ports: [] })).toBe('the container kindup-registry-5001 has no port 5001')
    expect(await probed({ networks: ['bridge'] })).toContain('not on the network of the nodes')
    expect(await probed({}, `${container.config}# more\n`)).toContain('another configuration')
    expect(await probed({}, container.config, '')).toContain('does not answer')
    expect(await probed({}, container.config, 'HTTP/1.1 503 Service Unavailable\r\n')).toContain('does not answer')
    // It was started a moment ago, and waits for its configuration.
    expect(await probed({}, '', '')).toContain('does not answer')
    await expect(probed({ labels: {} })).rejects.toMatchObject({ code: 'container-taken' })
  })

  it('tells why it gives up, in the words of version 2 and of version 3', () => {
    expect(
      complaintIn('level=warning msg="No HTTP secret"\npanic: Get "https://a/v2/": no such host\n\ngoroutine 1\n'),
    ).toBe('Get "https://a/v2/": no such host')
    expect(complaintIn(String.raw`time="x" level=fatal msg="Get \"https://a/v2/\": no such host" version=3`)).toBe(
      'Get "https://a/v2/": no such host',
    )
    expect(complaintIn('level=info msg="listening on [::]:5000"')).toBeUndefined()
  })

  it('says who has its port, where that stands in the file, and what to do', () => {
    const { message, hints } = portTaken(served, 5001, 'nginx (process 8)')
    expect(message).toBe(
      '127.0.0.1:5001, which the registry localhost:5001 is to have (cluster.registry.port), is taken by nginx (process 8).',
    )
    expect(hints).toEqual([expect.stringContaining('cluster: { registry: { port: 5002 } }')])
  })

  it('leaves no container whose port was taken, which is found once it is made', async () => {
    const { engine, world } = standInEngine({
      images: { 'registry:3': { id: 'sha256:1', labels: {}, architecture: 'amd64', repoDigests: [] } },
      over: {
        runContainer: ({ name, labels }) => {
          world.containers.set(name, { ...sound, name, labels, running: false })
          const stderr = 'Bind for 127.0.0.1:5001 failed: port is already allocated'
          const details = { command: 'docker run', exitStatus: 125, stdout: '', stderr }
          return Promise.reject(new CommandError('command-failed', 'docker run failed', details))
        },
      },
    })
    const run = () => Promise.resolve({ stdout: 'theirs\t127.0.0.1:5001->80/tcp\n', stderr: '', code: 0 })
    const { signal } = new AbortController()
    const ensured = ensureServed({ ...served, isOwn: true }, { config: base } as Parts, {
      engine,
      run,
      env: {},
      signal,
      report: () => undefined,
    })
    await expect(ensured).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining('is taken by the container theirs'),
    })
    // A later run would find a container that is stopped, and not say why.
    expect([...world.containers.keys()]).toEqual([])
  })

  it('says that its image has no shell, and leaves no container', async () => {
    const { engine, world } = standInEngine({
      images: { 'registry:3': { id: 'sha256:1', labels: {}, architecture: 'amd64', repoDigests: [] } },
      over: {
        runContainer: ({ name, labels }) => {
          world.containers.set(name, { ...sound, name, labels, running: false })
          // As Docker 28 says it.
          const stderr = 'error during container init: exec: "/bin/sh": stat /bin/sh: no such file or directory'
          const details = { command: 'docker run', exitStatus: 127, stdout: '', stderr }
          return Promise.reject(new CommandError('command-failed', 'docker run failed', details))
        },
      },
    })
    const { signal } = new AbortController()
    const ensured = ensureServed({ ...served, isOwn: true }, { config: base } as Parts, {
      engine,
      run: () => Promise.reject(new Error('nothing is run')),
      env: {},
      signal,
      report: () => undefined,
    })
    await expect(ensured).rejects.toMatchObject({
      code: 'registry-image',
      message: expect.stringContaining('has no /bin/sh'),
      hints: [expect.stringContaining('docker rmi registry:3'), expect.anything()],
    })
    expect([...world.containers.keys()]).toEqual([])
  })
})
