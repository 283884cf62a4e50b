import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { freeHostPorts } from '../../../../cluster/kind/host-ports.ts'
import { madeNode } from '../../../support/made-config.ts'

describe('freeHostPorts', () => {
  it('leaves free ports as they are and takes any free one for a taken one, saying which', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port: freePort } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))

    const said: number[] = []
    const node = madeNode('worker', { ports: [`${port}:80`, `${freePort}:443`, '0:8080'] })
    const ports = await freeHostPorts([node], ({ hostPort }) => void said.push(hostPort))
    server.close()
    expect(ports.map((of) => of.map(({ hostPort }) => hostPort))).toEqual([[0, freePort, 0]])
    expect(said).toEqual([port])
  })
})
