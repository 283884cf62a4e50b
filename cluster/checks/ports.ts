import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { PortConfig } from '../../core/config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { clusterContainers } from '../kind/situation.ts'
import { noFile, type Check, type Surroundings } from './check.ts'
import { portHolder } from './port-holder.ts'

export const portsCheck: Check = {
  id: 'ports',
  title: 'the host ports are free, or ours',
  run: async (surroundings) => {
    const { config } = surroundings
    if (!config) return noFile
    const engine = await reachable(surroundings)
    const ours = engine ? await ownPorts(engine, config.name) : new Set<string>()
    const wanted = config.cluster.nodes
      .flatMap(({ ports }) => ports)
      .filter((port) => port.hostPort !== 0 && !ours.has(key(port)))
    const looked = await Promise.all(wanted.map(async (port) => ({ port, code: await binding(port) })))
    const found = await Promise.all(
      looked.map(async ({ port, code }) => {
        if (code === 'EADDRINUSE') return taken(port, engine, surroundings)
        return code === 'EADDRNOTAVAIL' ? `${port.address} is no address of this machine (${show(port)})` : undefined
      }),
    )
    const troubles = found.filter((trouble) => trouble !== undefined)
    const evidence = `${wanted.map(show).join(', ') || 'none to bind'}${ours.size > 0 ? `; ${ours.size} are the cluster's already` : ''}`
    if (troubles.length === 0) return { state: 'ok', evidence }
    const onlyTaken = looked.every(({ code }) => code !== 'EADDRNOTAVAIL')
    return {
      state: onlyTaken && config.cluster.onPortConflict === 'fallback' ? 'warning' : 'failed',
      cause: `${troubles.join('; ')}.`,
      evidence,
      fix: 'Stop that program, map other host ports under cluster.nodes, or say cluster: { onPortConflict: fallback }.',
    }
  },
}

const taken = async (port: PortConfig, engine: Engine | undefined, around: Surroundings): Promise<string> => {
  const { run, signal, proc = '/proc' } = around
  const holder = await portHolder(port, { run, proc, engine, signal })
  return `${show(port)} is taken by ${holder ?? `another program (sudo lsof -nP -i :${port.hostPort} tells which)`}`
}

const ownPorts = async (engine: Engine, name: string): Promise<Set<string>> => {
  const containers = (await clusterContainers(engine, name)).filter(({ running }) => running)
  return new Set(containers.flatMap(({ ports }) => ports.map(key)))
}

const reachable = async ({ engine }: Surroundings): Promise<Engine | undefined> => {
  try {
    return await engine()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return undefined
  }
}

const key = ({ hostPort, protocol }: { hostPort: number; protocol: string }): string => `${hostPort}/${protocol}`

const show = ({ address, hostPort, protocol }: PortConfig): string =>
  `${address.includes(':') ? `[${address}]` : address}:${hostPort}${protocol === 'tcp' ? '' : `/${protocol}`}`

/**
 * The code of what refuses the port, by really binding it. EACCES is no trouble here: the engine may bind what this
 * user may not.
 */
const binding = ({ address, hostPort, protocol }: PortConfig): Promise<string | undefined> =>
  new Promise((resolve) => {
    const answer = (error: Error): void => resolve('code' in error ? String(error.code) : undefined)
    if (protocol === 'tcp') {
      const server = createServer().once('error', answer)
      server.listen({ host: address, port: hostPort, exclusive: true }, () => server.close(() => resolve(undefined)))
    } else if (protocol === 'udp') {
      const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').once('error', answer)
      socket.bind({ address, port: hostPort, exclusive: true }, () => socket.close(() => resolve(undefined)))
    } else resolve(undefined)
  })
