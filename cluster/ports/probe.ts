import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { PortConfig } from '../../config/config.ts'

type Bindable = Pick<PortConfig, 'address' | 'hostPort' | 'protocol'>

/** The code of what refuses a port to this user (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`), by really binding it; undefined when nothing does. */
export const refusalOf = async (port: Bindable): Promise<string | undefined> => {
  const bound = await bind(port)
  return 'code' in bound ? bound.code : undefined
}

/** A port of that address that nobody has now; undefined where there is none (no such address). */
export const anyFreePort = async (port: Omit<Bindable, 'hostPort'>): Promise<number | undefined> => {
  const bound = await bind({ ...port, hostPort: 0 })
  return 'port' in bound ? bound.port : undefined
}

/** SCTP cannot be bound from here: nothing is known to be against it. */
const bind = ({ address, hostPort, protocol }: Bindable): Promise<{ code: string } | { port: number }> =>
  new Promise((resolve) => {
    const refused = (error: Error): void => resolve({ code: 'code' in error ? String(error.code) : '' })
    if (protocol === 'tcp') {
      const server = createServer().once('error', refused)
      server.listen({ host: address, port: hostPort, exclusive: true }, () => {
        const bound = server.address()
        const port = typeof bound === 'object' && bound ? bound.port : hostPort
        server.close(() => resolve({ port }))
      })
    } else if (protocol === 'udp') {
      const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').once('error', refused)
      socket.bind({ address, port: hostPort, exclusive: true }, () => {
        const { port } = socket.address()
        socket.close(() => resolve({ port }))
      })
    } else resolve({ port: hostPort })
  })
