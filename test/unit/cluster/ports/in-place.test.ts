import { describe, expect, it } from 'vitest'
import type { Container, ContainerRequest } from '../../../../cluster/engine/engine.ts'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import { forwardersOf } from '../../../../cluster/ports/forwarder.ts'
import { portsOf } from '../../../../cluster/ports/ports-of.ts'
import { seePorts } from '../../../../cluster/ports/see-ports.ts'
import { settlePorts } from '../../../../cluster/ports/settle.ts'
import { changePorts, portsInPlace } from '../../../../cluster/ports/in-place.ts'
import type { EngineName, NodeConfig, PortConfig } from '../../../../config/config.ts'
import { parsePort } from '../../../../config/parse/port.ts'
import { CommandError } from '../../../../core/run.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'
import { standInCluster } from '../../../support/stand-in-cluster.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'

const mapped = (...texts: readonly string[]): readonly PortConfig[] =>
  texts.map((text) => parsePort(text)).filter((port) => typeof port !== 'string')

const published = (...texts: readonly string[]): Container['ports'] =>
  mapped(...texts).map(({ address, hostPort, nodePort, protocol }) => ({
    address,
    hostPort,
    containerPort: nodePort,
    protocol,
  }))

/** A cluster of a control plane and a worker, made with these ports; `moved` is what its nodes remember of ports that were moved. */
const made = async (ports: readonly string[], moved = '', name: EngineName = 'docker') => {
  const image = { ref: 'kindest/node:v1.36.4', id: 'sha256:1' }
  const { parts, ctx, folder } = await standInCluster()
  const { engine, world } = standInEngine({
    name,
    containers: [
      nodeContainer('demo', 'control-plane', { image }),
      nodeContainer('demo', 'worker', { image, ports: published(...ports) }),
    ],
    exec: (_container, [program]) => Promise.resolve({ stdout: program === 'cat' ? moved : '', stderr: '', code: 0 }),
    over: {
      runContainer: async (request) => {
        started.push(request)
        if (refusal.now !== undefined) throw refusal.now
        const {
          address = '',
          hostPort,
          containerPort,
          protocol = 'tcp',
        } = request.publish ?? { hostPort: 0, containerPort: 0 }
        world.containers.set(request.name, {
          name: request.name,
          labels: request.labels,
          running: true,
          ports: [{ address, hostPort, containerPort, protocol }],
        })
      },
    },
  })
  const started: ContainerRequest[] = []
  const refusal: { now: CommandError | undefined } = { now: undefined }
  /** The cluster as a run sees it whose file has these ports on the worker. */
  const withPorts = (
    texts: readonly string[],
    more: { readonly isNarrowed?: true; readonly others?: readonly NodeConfig[] } = {},
  ) => {
    const { isNarrowed = false, others = [] } = more
    const nodes = [madeNode('control-plane'), { ...madeNode('worker'), ports: mapped(...texts) }, ...others]
    const now = { ...parts, engine: async () => engine, nodes: namedNodes('demo', nodes), isNarrowed }
    const containers = () => engine.containers('io.x-k8s.kind.cluster=demo')
    return {
      nodes,
      look: async () => portsInPlace(now, await containers()),
      change: async () => changePorts(now, await containers(), ctx),
    }
  }
  return { engine, world, started, refusal, withPorts, folder }
}

const forwarded = async (cluster: Awaited<ReturnType<typeof made>>): Promise<readonly string[]> =>
  (await forwardersOf(cluster.engine, 'demo')).map(({ node, written }) => `${written} ${node}`)

describe('ports of a cluster that runs', () => {
  it('are as they should be where the file has what the nodes were made with', async () => {
    const { withPorts } = await made(['8080:80', '0.0.0.0:53:53/udp'])
    expect(await withPorts(['8080:80', '0.0.0.0:53:53/udp']).look()).toEqual({
      changes: [],
      otherwise: [],
      left: [],
      refused: [],
    })
  })

  it('are added one by one, each by a container that goes with the cluster, and taken away again', async () => {
    const cluster = await made(['8080:80'])
    const more = cluster.withPorts(['8080:80', '8081:80', '[::1]:5353:53/udp'])
    expect((await more.look()).changes).toEqual([
      'port 8081:80 leads to demo-worker, in place',
      'port [::1]:5353:53/udp leads to demo-worker, in place',
    ])
    await more.change()
    expect((await more.look()).changes).toEqual([])
    expect(cluster.started.map(({ name, publish, image }) => ({ name, publish, image }))).toEqual([
      {
        name: 'demo-port-8081',
        publish: { address: '127.0.0.1', hostPort: 8081, containerPort: 80, protocol: 'tcp' },
        image: 'kindest/node:v1.36.4',
      },
      {
        name: 'demo-port-5353-udp-__1',
        publish: { address: '::1', hostPort: 5353, containerPort: 53, protocol: 'udp' },
        image: 'kindest/node:v1.36.4',
      },
    ])
    expect(cluster.started.every(({ labels }) => labels['dev.kindup.cluster'] === 'demo')).toBe(true)
    const less = cluster.withPorts(['8080:80', '8081:80'])
    expect((await less.look()).changes).toEqual(['port [::1]:5353:53/udp leads to demo-worker no more, in place'])
    await less.change()
    expect(await forwarded(cluster)).toEqual(['8081:80 demo-worker'])
  })

  it('are not taken away where only a part of the file is meant', async () => {
    const cluster = await made([])
    await cluster.withPorts(['8081:80']).change()
    const part = cluster.withPorts([], { isNarrowed: true })
    expect(await part.look()).toEqual({ changes: [], otherwise: [], left: [], refused: [] })
    await part.change()
    expect(await forwarded(cluster)).toEqual(['8081:80 demo-worker'])
  })

  it('are any free one on each of several nodes', async () => {
    const cluster = await made([])
    const [, , more] = namedNodes('demo', [madeNode('control-plane'), madeNode('worker'), madeNode('worker')])
    cluster.world.containers.set('demo-worker2', nodeContainer('demo', 'worker', { name: more?.container ?? '' }))
    const both = cluster.withPorts(['0:8443'], { others: [{ ...madeNode('worker'), ports: mapped('0:8443') }] })
    await both.change()
    expect(await forwarded(cluster)).toEqual(['0:8443 demo-worker', '0:8443 demo-worker2'])
    expect((await both.look()).changes).toEqual([])
  })

  it('come back where their container was stopped', async () => {
    const cluster = await made([])
    const file = cluster.withPorts(['8081:80'])
    await file.change()
    const there = cluster.world.containers.get('demo-port-8081')!
    cluster.world.containers.set(there.name, { ...there, running: false })
    expect((await file.look()).changes).toEqual(['the container demo-port-8081 is stopped'])
    await file.change()
    expect(await file.look()).toEqual({ changes: [], otherwise: [], left: [], refused: [] })
  })

  it('go with a worker that the file drops, and are none of one that is not made yet', async () => {
    const cluster = await made([])
    await cluster.withPorts(['8081:80']).change()
    const others = [madeNode('worker', { ports: ['9090:90'] })]
    expect((await cluster.withPorts(['8081:80'], { others }).look()).changes).toEqual([])
    cluster.world.containers.delete('demo-worker')
    expect((await cluster.withPorts([]).look()).changes).toEqual([
      'port 8081:80 leads to demo-worker no more, in place',
    ])
  })

  it('that a node was made with stay bound, and that is told', async () => {
    const cluster = await made(['8080:80'])
    const file = cluster.withPorts(['8081:80'])
    const { changes, otherwise, left } = await file.look()
    expect([changes, otherwise]).toEqual([['port 8081:80 leads to demo-worker, in place'], []])
    expect(left).toEqual([expect.stringMatching(/^127\.0\.0\.1:8080 is not in the file any more.*--recreate/)])
    await file.change()
    const ports = await portsOf(cluster.engine, 'demo', namedNodes('demo', file.nodes))
    expect(ports.map(({ hostPort, nodePort }) => [hostPort, nodePort])).toEqual([[8081, 80]])
  })

  it.each([
    ['another port of the node', '8080:30080'],
    ['a narrower address', '127.0.0.1:8080:80'],
  ])('that a node was made with are not led elsewhere: %s', async (_what, text) => {
    const cluster = await made(['0.0.0.0:8080:80'])
    const file = cluster.withPorts([text])
    const { changes, otherwise } = await file.look()
    expect([changes, otherwise]).toEqual([[], [expect.stringContaining('demo-worker was made with that host port')]])
    await expect(file.change()).rejects.toMatchObject({ code: 'recreate-needed' })
    expect(cluster.started).toEqual([])
  })

  it('are refused by the hundred: each is a container', async () => {
    const cluster = await made([])
    const many = Array.from({ length: 100 }, (_, index) => `${7000 + index}:${7000 + index}`)
    expect(await cluster.withPorts(many).look()).toMatchObject({
      changes: [],
      otherwise: [expect.stringContaining('100')],
    })
  })

  it('come in by IPv6 at a container that has IPv4 alone: Docker would lead them to an address where no node of IPv4 listens', async () => {
    const cluster = await made([])
    await cluster.withPorts(['[::1]:8081:80', '8082:80']).change()
    expect(
      Object.fromEntries(cluster.started.map(({ name, sysctls = {} }) => [name, Object.keys(sysctls).toSorted()])),
    ).toEqual({
      'demo-port-8081-__1': [
        'net.ipv4.ip_forward',
        'net.ipv6.conf.all.disable_ipv6',
        'net.ipv6.conf.default.disable_ipv6',
      ],
      'demo-port-8082': ['net.ipv4.ip_forward'],
    })
  })

  it('are refused by IPv6 where the engine leads them nowhere, with their place and what to write', async () => {
    const cluster = await made([], '', 'podman')
    const file = cluster.withPorts(['8080:80', '[::1]:8081:80'])
    expect(await file.look()).toMatchObject({
      changes: ['port 8080:80 leads to demo-worker, in place'],
      refused: [
        {
          at: { file: 'cluster.nodes.1.ports' },
          message: expect.stringContaining('[::1]:8081:80 on demo-worker would lead nowhere'),
          hint: 'Write an IPv4 address: 8081:80',
        },
      ],
    })
    await expect(file.change()).rejects.toMatchObject({ exitCode: 2, problems: [{}] })
    expect(cluster.started).toEqual([])
  })

  it('say who has a port, and leave no container', async () => {
    const cluster = await made([])
    const stderr = 'Bind for 127.0.0.1:8081 failed: port is already allocated'
    cluster.refusal.now = new CommandError('command-failed', stderr, {
      command: 'docker run',
      exitStatus: 125,
      stdout: '',
      stderr,
    })
    await expect(cluster.withPorts(['8081:80']).change()).rejects.toMatchObject({ code: 'port-taken' })
    expect(await forwarded(cluster)).toEqual([])
  })
})

describe('which port a mapping has', () => {
  const settled = async (cluster: Awaited<ReturnType<typeof made>>, nodes: readonly NodeConfig[]) => {
    const config = madeConfig({ nodes })
    const binder = { rootless: false, host: 'build.test' }
    const seen = await seePorts(cluster.engine, config)
    return (await settlePorts(config, { ...seen, binder, fallback: false })).nodes.at(-1)?.ports
  }

  it('is the one that it was moved to, as the node remembers', async () => {
    const cluster = await made(['8080:80'], '80:80=8080\n')
    expect(await settled(cluster, cluster.withPorts(['80:80']).nodes)).toMatchObject([{ hostPort: 80, bound: 8080 }])
  })

  it('is the one of the file where it has changed there', async () => {
    const cluster = await made(['8080:80'])
    const [port] = (await settled(cluster, cluster.withPorts(['8081:80']).nodes)) ?? []
    expect(port).toMatchObject({ hostPort: 8081 })
    expect(port).not.toHaveProperty('bound')
  })

  it('is found at its forwarder, any free one too', async () => {
    const cluster = await made(['8080:80'])
    const any = cluster.withPorts(['8080:80', '0:80'])
    const chosen = mapped('0:80').map((port) => ({ ...port, bound: 40_080 }))
    const labels = { 'dev.kindup.cluster': 'demo', 'dev.kindup.port': '0:80', 'dev.kindup.port-of': 'demo-worker' }
    cluster.world.containers.set('demo-port-any-80', {
      name: 'demo-port-any-80',
      labels,
      running: true,
      ports: published('40080:80'),
    })
    expect(await settled(cluster, any.nodes)).toMatchObject([{ hostPort: 8080 }, ...chosen])
  })
})
