import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Container } from '../../../../cluster/engine/engine.ts'
import { settlePorts } from '../../../../cluster/ports/settle.ts'
import { portTrouble } from '../../../../cluster/ports/trouble.ts'
import type { NodeConfig } from '../../../../config/config.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'
import { nodeContainer } from '../../../support/stand-in-engine.ts'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

const taken = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A port that was free a moment ago. */
const freed = async (): Promise<number> => {
  const port = await taken()
  await new Promise((resolve) => servers.pop()?.close(resolve))
  return port
}

const rootful = { rootless: false }
const settle = (nodes: readonly NodeConfig[], more: Partial<Parameters<typeof settlePorts>[1]> = {}) =>
  settlePorts(madeConfig({ nodes }), { containers: [], binder: rootful, fallback: false, ...more })

const plane = (...ports: readonly string[]): NodeConfig => madeNode('control-plane', { ports })
const running = (...ports: readonly (readonly [number, number])[]): Container =>
  nodeContainer('demo', 'control-plane', {
    ports: ports.map(([hostPort, containerPort]) => ({
      address: '127.0.0.1',
      hostPort,
      containerPort,
      protocol: 'tcp',
    })),
  })
const boundIn = (nodes: readonly NodeConfig[]) =>
  nodes.flatMap(({ ports }) => ports.map(({ hostPort, bound }) => bound ?? hostPort))

describe('before there is a cluster', () => {
  it('takes the ports of the file where they are free', async () => {
    const port = await freed()
    const { nodes, conflicts } = await settle([plane(`${port}:80`)])
    expect([boundIn(nodes), conflicts]).toEqual([[port], []])
    expect(nodes[0]?.ports[0]).not.toHaveProperty('bound')
  })

  it('says which cannot be had and what could take its place, and moves nothing unasked', async () => {
    const port = await taken()
    const { nodes, conflicts } = await settle([plane(`${port}:80`)])
    expect(boundIn(nodes)).toEqual([port])
    expect(conflicts).toEqual([
      { port: expect.objectContaining({ hostPort: port }), trouble: 'taken', offer: expect.any(Number) },
    ])
  })

  it('with fallback moves it, each to a port of its own that no other mapping wants', async () => {
    const [a, b] = [await taken(), await taken()]
    const { nodes, conflicts } = await settle([plane(`${a}:80`, `${b}:443`)], { fallback: true })
    const [first, second] = boundIn(nodes)
    expect(conflicts.map(({ instead }) => instead)).toEqual([first, second])
    expect(new Set([a, b, first, second]).size).toBe(4)
    // The file's own ports stay known: services name them.
    expect(nodes[0]?.ports.map(({ hostPort }) => hostPort)).toEqual([a, b])
  })

  it('offers the next number to a person, unless another mapping of the file wants it', async () => {
    const port = await taken()
    const offerFor = async (...more: readonly string[]) =>
      (await settle([plane(`${port}:80`, ...more)], { nice: true })).conflicts[0]?.offer
    const near = await offerFor()
    expect(near).toBeGreaterThan(port)
    expect(await offerFor(`${near}:443`)).not.toBe(near)
  })

  it('chooses for 0 now, so that the plan can name it', async () => {
    const { nodes, conflicts } = await settle([plane('0:80', '0:443')])
    const [first = 0, second = 0] = boundIn(nodes)
    expect(first > 0 && second > 0 && first !== second).toBe(true)
    expect(conflicts).toEqual([])
  })

  it('stays with what was chosen before in the same run', async () => {
    const port = await taken()
    const chosen = await freed()
    const node = plane(`${port}:80`)
    const moved = { ...node, ports: node.ports.map((one) => ({ ...one, bound: chosen })) }
    const { nodes, conflicts } = await settle([moved])
    expect(boundIn(nodes)).toEqual([chosen])
    expect(conflicts).toMatchObject([{ trouble: 'taken', instead: chosen }])
  })

  it('looks at nothing here for an engine elsewhere', async () => {
    const port = await taken()
    const { nodes, conflicts } = await settle([plane(`${port}:80`)], {
      binder: { rootless: false, host: 'build.test' },
      fallback: true,
    })
    expect([boundIn(nodes), conflicts]).toEqual([[port], []])
  })

  it('says an address that is not here, and offers nothing for it', async () => {
    const port = await freed()
    const node = plane(`${port}:80`)
    // 192.0.2.0/24 is for documentation: no machine has it.
    const away = { ...node, ports: node.ports.map((one) => ({ ...one, address: '192.0.2.1' })) }
    expect((await settle([away], { fallback: true })).conflicts).toEqual([
      { port: away.ports[0], trouble: 'no-address' },
    ])
  })
})

describe('once there is one', () => {
  it('reads the ports from it, whatever the machine looks like now', async () => {
    const port = await taken()
    const { nodes, conflicts } = await settle([plane(`${port}:80`, '0:443')], {
      containers: [running([8080, 80], [40_443, 443])],
    })
    expect([boundIn(nodes), conflicts]).toEqual([[8080, 40_443], []])
  })

  it('tells two mappings of one node port apart', async () => {
    const { nodes } = await settle([plane('7001:80', '7002:80')], { containers: [running([9000, 80], [7001, 80])] })
    expect(boundIn(nodes)).toEqual([7001, 9000])
  })

  it('with --recreate takes the port that the file has now', async () => {
    const port = await freed()
    const containers = [running([8080, 80])]
    expect(boundIn((await settle([plane(`${port}:80`)], { containers, recreate: true })).nodes)).toEqual([port])
    expect(boundIn((await settle([plane('8080:80')], { containers, recreate: true })).nodes)).toEqual([8080])
    const held = await taken()
    const lenient = { containers, recreate: true, fallback: true }
    expect(boundIn((await settle([plane(`${held}:80`)], lenient)).nodes)).toEqual([8080])
  })
})

// Root may bind every port, and the tests may run as root: the kernel's answer is given here.
it.each([
  ['EACCES', { rootless: true }, 'forbidden'],
  ['EACCES', { rootless: true, mayBindLow: true }, undefined],
  ['EACCES', { rootless: false }, undefined],
  ['EACCES', undefined, undefined],
  ['EADDRINUSE', { rootless: true }, 'taken'],
  ['EADDRNOTAVAIL', undefined, 'no-address'],
  [undefined, undefined, undefined],
] as const)('%s for an engine %o: %s', async (code, binder, trouble) => {
  const port = { address: '127.0.0.1', hostPort: 80, nodePort: 80, protocol: 'tcp' as const }
  expect(await portTrouble(port, binder, async () => code)).toBe(trouble)
})
