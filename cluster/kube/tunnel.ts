import type { Socket } from 'node:net'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { loadSockets } from './client-node.ts'
import { libraryConfig } from './library-config.ts'

type PodPort = { readonly namespace: string; readonly pod: string; readonly port: number }

/** Carries one connection to a port of a pod until either end closes it. Throws `port-refused` where nothing listens there, `api-unreachable`. */
export type Tunnel = (socket: Socket, to: PodPort, signal: AbortSignal) => Promise<void>

/** Of the protocol: one channel for data, one for what went wrong. */
const errorChannel = 1

/**
 * Connections to pods by the API of the cluster. The library's PortForward would load all classes of the API, and end the connection as
 * soon as the client has said its last word, before the answer: the protocol knows no half of an end.
 */
export const makeTunnel = async (kubeconfig: string, contextName: string): Promise<Tunnel> => {
  const [config, handlerOf] = await Promise.all([libraryConfig(kubeconfig, contextName), loadSockets()])
  return async (socket, { namespace, pod, port }, signal) => {
    const said: Buffer[] = []
    const headed = new Set<number>()
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const arrive = (channel: number, data: Buffer): boolean => {
      // The first two bytes of each channel are the port.
      const news = headed.has(channel) ? data : data.subarray(2)
      headed.add(channel)
      if (news.length === 0) return true
      if (channel === errorChannel) said.push(news)
      else if (!socket.destroyed) socket.write(news)
      return true
    }
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward?ports=${port}`
    const connected = await handlerOf(config)
      .connect(path, null, arrive)
      .catch((error: unknown) => {
        throw new EnvironmentError(
          'api-unreachable',
          `${pod} of ${namespace} cannot be reached: ${messageOf(error) || 'the connection was refused'}`,
        )
      })
    const close = (): void => connected.close()
    connected.addEventListener('close', () => end())
    socket.on('data', (chunk: Buffer) => {
      // No more is taken than goes away.
      socket.pause()
      connected.send(Buffer.concat([Buffer.of(0), chunk]), () => socket.resume())
    })
    socket.once('close', close).once('error', close)
    signal.addEventListener('abort', close, { once: true })
    if (signal.aborted || socket.destroyed) close()
    socket.resume()
    await ended
    signal.removeEventListener('abort', close)
    socket.end()
    if (said.length > 0)
      throw new EnvironmentError(
        'port-refused',
        `${pod} of ${namespace}: ${Buffer.concat(said).toString('utf8').trim()}`,
      )
  }
}
