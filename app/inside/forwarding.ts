import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Tunnel } from '../../cluster/kube/tunnel.ts'
import { EnvironmentError, KindupError, systemCode } from '../../core/errors.ts'

/** A port of this machine that leads into a pod. */
export type Forwarding = {
  readonly local: number
  /** Rejects where a connection fails in a way that nobody foresaw. */
  readonly failed: Promise<never>
  readonly close: () => Promise<void>
}

/** Who a connection goes to, asked for each: a pod may have been replaced. Throws what is to be said where there is none. */
export type FindPod = () => Promise<{ readonly namespace: string; readonly pod: string; readonly port: number }>

/**
 * Listens on 127.0.0.1 and carries each connection to the pod that `find` answers then. `local` 0: any free port. What fails of a
 * connection is told, and the next one is tried all the same. Throws `port-taken`, `port-forbidden`.
 */
export const forwarding = async (
  {
    local,
    find,
    tunnel,
    told,
  }: {
    readonly local: number
    readonly find: FindPod
    readonly tunnel: Tunnel
    readonly told: (error: KindupError) => void
  },
  signal: AbortSignal,
): Promise<Forwarding> => {
  const open = new Set<Socket>()
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  const carry = async (socket: Socket): Promise<void> => {
    open.add(socket)
    socket.on('error', () => undefined).once('close', () => open.delete(socket))
    try {
      await tunnel(socket, await find(), until)
    } catch (error) {
      socket.destroy()
      if (until.aborted) return
      if (!(error instanceof KindupError)) throw error
      told(error)
    }
  }
  const { promise: failed, reject } = Promise.withResolvers<never>()
  // Whoever waits hears of it.
  failed.catch(() => undefined)
  // A client may have said its last word and still wait for the answer.
  const server = createServer(
    { allowHalfOpen: true, pauseOnConnect: true },
    (socket) => void carry(socket).catch(reject),
  )
  await listening(server, local)
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
    local: (server.address() as AddressInfo).port,
    failed,
    close: async () => {
      over.abort()
      for (const socket of open) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

const listening = async (server: Server, port: number): Promise<void> => {
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EADDRINUSE')
      throw new EnvironmentError('port-taken', `Port ${port} of this machine is taken.`, {
        hints: [`Take another one: ${port + 1000}:PORT, or 0:PORT for any that is free`],
        cause: error,
      })
    if (code === 'EACCES')
      throw new EnvironmentError('port-forbidden', `Port ${port} of this machine is for the administrator alone.`, {
        hints: [`Take one from 1024 on: ${port + 8000}:${port}`],
        cause: error,
      })
    throw error
  }
}
