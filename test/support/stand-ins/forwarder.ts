import { parseArgs } from 'node:util'
import type { Call } from './call.ts'
import { bindPort, idOf, newContainer, type StandInContainer, type World } from './world.ts'

/** What a node of a cluster is made from. */
export const nodeImage = 'kindest/node:v1.36.4'

export const isForwarder = ({ labels }: StandInContainer): boolean => 'dev.kindup.port' in labels

/** `docker run` of what leads one host port to a node, from the image of the nodes. */
export const runForwarder = async (world: World, call: Call, args: readonly string[]): Promise<number> => {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      detach: { type: 'boolean' },
      name: text,
      restart: text,
      network: text,
      publish: text,
      entrypoint: text,
      'cap-add': text,
      sysctl: text,
      'stop-signal': text,
      label: { ...text, multiple: true },
      // What follows the image is the container's.
      c: { type: 'boolean', short: 'c' },
    },
  })
  const { name = '', publish = '', label = [] } = values
  const [image, , , node = ''] = positionals
  if (image !== nodeImage || !world.containers.has(node)) throw new Error('only what leads to a node is known')
  const [, address = '', hostPort = '', containerPort = '', protocol = 'tcp'] =
    /^(.+):(\d*):(\d+)(?:\/(\w+))?$/.exec(publish) ?? []
  const container = newContainer(name, Object.fromEntries(label.map((one) => one.split('=') as [string, string])))
  container.networks = ['kind']
  world.containers.set(name, container)
  try {
    const bound = { address, hostPort: Number(hostPort), containerPort: Number(containerPort), protocol }
    await bindPort(world, container, bound)
  } catch {
    call.err(`Bind for ${address}:${hostPort} failed: port is already allocated.\n`)
    return 125
  }
  container.running = true
  call.out(`${idOf(name)}\n`)
  return 0
}

/** It is waited for until it leads somewhere. */
export const execInForwarder = ([program = '', option]: readonly string[]): number => {
  if (program !== 'sh' || option !== '-c') throw new Error('only a shell is known')
  return 0
}
