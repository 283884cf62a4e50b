import { createServer } from 'node:net'
import type { NodeConfig, PortConfig } from '../../core/config/config.ts'

/**
 * The host ports to bind, per node: those of the file, and 0 (any free one) in place of a TCP port that another
 * program listens on. Whoever starts to listen later still wins.
 */
export const freeHostPorts = (
  nodes: readonly NodeConfig[],
  taken: (port: PortConfig) => void,
): Promise<readonly (readonly PortConfig[])[]> =>
  Promise.all(
    nodes.map(({ ports }) =>
      Promise.all(
        ports.map(async (port) => {
          if (port.hostPort === 0 || port.protocol !== 'tcp' || !(await isTaken(port))) return port
          taken(port)
          return { ...port, hostPort: 0 }
        }),
      ),
    ),
  )

/** A port that this user may not bind is no taken one: the engine binds it. */
const isTaken = ({ address, hostPort }: PortConfig): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve('code' in error && error.code === 'EADDRINUSE'))
    server.listen({ host: address, port: hostPort, exclusive: true }, () => server.close(() => resolve(false)))
  })
