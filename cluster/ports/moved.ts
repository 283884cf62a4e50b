import type { PortConfig } from '../../config/config.ts'
import { showPort } from '../../config/parse/port.ts'
import type { Container, Engine } from '../engine/engine.ts'
import type { NamedNode } from '../nodes/may-run.ts'

/** In a node, with a line for each mapping that got another host port than the file has: `80:80=8080`. */
const file = '/kind/kindup-ports'

/** Host ports that mappings were given instead of the file's, by the mapping as it is written. */
export type Moved = ReadonlyMap<string, number>
export type MovedByNode = ReadonlyMap<string, Moved>

/** Remembers in the nodes themselves which host ports were moved: otherwise nobody could tell that from a change of the file. */
export const noteMoved = async (engine: Engine, nodes: readonly NamedNode[]): Promise<void> => {
  await Promise.all(
    nodes.map(async ({ container, ports }) => {
      const lines = ports.flatMap((port) =>
        port.bound === undefined || port.hostPort === 0 ? [] : `${showPort(port)}=${port.bound}\n`,
      )
      if (lines.length > 0) await engine.exec(container, ['cp', '/dev/stdin', file], { input: lines.join('') })
    }),
  )
}

/** Undefined where a node cannot tell: it does not run. */
export const movedIn = async (engine: Engine, { name, running }: Container): Promise<Moved | undefined> => {
  if (!running) return undefined
  const { stdout } = await engine.exec(name, ['cat', file], { okCodes: [0, 1] })
  return new Map(
    stdout
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), Number(line.slice(line.indexOf('=') + 1))]),
  )
}

/** Whether a port of the node is bound to one that the file does not have for it. */
export const mayBeMoved = (port: PortConfig, container: Container): boolean =>
  port.hostPort !== 0 &&
  container.ports.some((one) => one.containerPort === port.nodePort && one.protocol === port.protocol) &&
  !container.ports.some(
    (one) => one.containerPort === port.nodePort && one.protocol === port.protocol && one.hostPort === port.hostPort,
  )
