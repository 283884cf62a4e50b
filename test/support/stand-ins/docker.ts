import { parseArgs } from 'node:util'
import type { Call, Program } from './call.ts'
import { execInForwarder, isForwarder, nodeImage, runForwarder } from './forwarder.ts'
import { execInNode } from './node-exec.ts'
import { execInRegistry, pushImage, registryLog, runRegistry, tagImage } from './registry.ts'
import { idOf, removeContainer } from './world.ts'
import type { StandInContainer, World } from './world.ts'

type Labels = Readonly<Record<string, string>>
type Command = (world: World, call: Call, args: readonly string[]) => Promise<number> | number

const labelled = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')

/** What `docker` says and does, as far as kindup calls it; it throws on everything else. */
export const docker =
  (world: World): Program =>
  (call) => {
    const [first = '', second = ''] = call.args
    const two = commands[`${first} ${second}`]
    const command = two ?? commands[first]
    if (!command) throw new Error('no such command')
    return command(world, call, call.args.slice(two ? 2 : 1))
  }

const commands: Readonly<Record<string, Command>> = {
  version: (_world, call, args) => {
    exactly(args, ['--format', '{{json .}}'])
    call.out(`${JSON.stringify({ Client: { ApiVersion: '1.51' }, Server: { Components: [{ Name: 'Engine' }] } })}\n`)
    return 0
  },
  info: (_world, call, args) => {
    exactly(args, ['--format', '{{json .}}'])
    call.out(`${JSON.stringify(info)}\n`)
    return 0
  },

  'volume create': (world, call, args) => {
    const { values, positionals } = parsed(args, { label: { type: 'string', multiple: true } })
    const [name = ''] = positionals
    // As docker does: one that is there keeps its labels, and nobody is told.
    if (!world.volumes.has(name)) world.volumes.set(name, labelsOf(values['label']))
    call.out(`${name}\n`)
    return 0
  },
  'volume inspect': (world, call, args) =>
    inspect(
      call,
      args,
      (name) => {
        const labels = world.volumes.get(name)
        return labels && { Name: name, Labels: labels }
      },
      (name) => `get ${name}: no such volume`,
    ),
  'volume ls': (world, call, args) => {
    const { values } = parsed(args, { quiet: { type: 'boolean' }, filter: { type: 'string' } })
    for (const [name, labels] of world.volumes) if (fits(labels, values['filter'])) call.out(`${name}\n`)
    return 0
  },
  'volume rm': (world, call, args) =>
    forEach(call, args, (name) => {
      world.registries.delete(name)
      world.blobs.delete(name)
      return world.volumes.delete(name) ? undefined : `get ${name}: no such volume`
    }),

  ps: (world, call, args) => {
    const { values } = parsed(args, {
      all: { type: 'boolean' },
      quiet: { type: 'boolean' },
      'no-trunc': { type: 'boolean' },
      filter: { type: 'string' },
      format: { type: 'string' },
    })
    const found = [...world.containers.values()].filter(
      ({ labels, running }) => fits(labels, values['filter']) && (running || values['all']),
    )
    for (const { name, ports, labels } of found) {
      const published = ports.map((port) => `${port.address}:${port.hostPort}->${port.containerPort}/${port.protocol}`)
      if (values['quiet']) call.out(`${idOf(name)}\n`)
      else if (values['format'] === '{{.ID}}\t{{.Labels}}') call.out(`${idOf(name)}\t${labelled(labels)}\n`)
      else if (values['format'] === '{{.Names}}') call.out(`${name}\n`)
      else if (values['format'] === '{{.Names}}\t{{.Ports}}') call.out(`${name}\t${published.join(', ')}\n`)
      else throw new Error(`no such format: ${String(values['format'])}`)
    }
    return 0
  },
  'container inspect': (world, call, args) =>
    inspect(
      call,
      args,
      (id) => inspectedContainer(findContainer(world, id)),
      (id) => `No such container: ${id}`,
    ),
  start: (world, call, args) =>
    forEach(call, args, (name) => {
      const container = findContainer(world, name)
      if (container?.paused) return 'cannot start a paused container, try unpause instead'
      if (container) container.running = true
      return container ? undefined : `No such container: ${name}`
    }),
  pause: (world, call, args) =>
    forEach(call, args, (name) => {
      const container = findContainer(world, name)
      if (!container?.running || container.paused) return `container ${name} is not running`
      container.paused = true
      return undefined
    }),
  unpause: (world, call, args) =>
    forEach(call, args, (name) => {
      const container = findContainer(world, name)
      if (!container?.paused) return `Container ${name} is not paused`
      container.paused = false
      return undefined
    }),
  run: (world, call, args) => (args.includes('--cap-add') ? runForwarder : runRegistry)(world, call, args),
  tag: tagImage,
  push: pushImage,
  rm: async (world, call, args) => {
    const { positionals } = parsed(args, { force: { type: 'boolean' }, volumes: { type: 'boolean' } })
    let code = 0
    for (const name of positionals) {
      const container = findContainer(world, name)
      if (container) await removeContainer(world, container)
      else code = failure(call, `No such container: ${name}`)
    }
    return code
  },
  logs: (world, call, args) => {
    const { positionals } = parsed(args, { tail: { type: 'string' } })
    const [name = ''] = positionals
    const container = findContainer(world, name)
    if (!container) return failure(call, `No such container: ${name}`)
    if (container.registry) call.err(registryLog(world, container))
    else call.err('Welcome to the stand-in of a node.\n')
    return 0
  },
  exec: (world, call, args) => {
    const words = args[0] === '--interactive' ? args.slice(1) : args
    const container = findContainer(world, words[0] ?? '')
    if (!container) return failure(call, `No such container: ${words[0] ?? ''}`)
    if (container.paused)
      return failure(call, `Container ${container.name} is paused, unpause the container before exec`)
    if (!container.running) return failure(call, `container ${idOf(container.name)} is not running`)
    if (isForwarder(container)) return execInForwarder(words.slice(1))
    return container.registry
      ? execInRegistry(world, container, call, words.slice(1))
      : execInNode(world, container, call, words.slice(1))
  },

  'network ls': (world, call, args) => {
    const { values } = parsed(args, { filter: { type: 'string' }, format: { type: 'string' } })
    for (const [name, labels] of world.networks) if (fits(labels, values['filter'])) call.out(`${name}\n`)
    return 0
  },
  'network inspect': (world, call, args) =>
    inspect(
      call,
      args,
      (name) => {
        const labels = world.networks.get(name)
        return (
          labels && { Name: name, Driver: 'bridge', Labels: labels, IPAM: { Config: [{ Subnet: '172.18.0.0/16' }] } }
        )
      },
      (name) => `network ${name} not found`,
    ),
  'network rm': (world, call, args) =>
    forEach(call, args, (name) => (world.networks.delete(name) ? undefined : `network ${name} not found`)),

  'image inspect': (world, call, args) =>
    inspect(
      call,
      args,
      (ref) => {
        const image = world.images.get(ref)
        const { id, labels, repoDigests = [] } = image ?? {}
        return image && { Id: id, Architecture: 'amd64', RepoDigests: repoDigests, Config: { Labels: labels } }
      },
      (ref) => `No such image: ${ref}`,
    ),
  images: (world, call, args) => {
    const { values } = parsed(args, { filter: { type: 'string' }, format: { type: 'string' } })
    if (values['format'] !== '{{.Repository}}:{{.Tag}}\t{{.ID}}') throw new Error('no such format')
    for (const [ref, { id, labels }] of world.images) if (fits(labels, values['filter'])) call.out(`${ref}\t${id}\n`)
    return 0
  },
  rmi: (world, call, args) =>
    forEach(call, args, (ref) => (world.images.delete(ref) ? undefined : `No such image: ${ref}`)),
  build: (world, _call, args) => {
    const { values } = parsed(args, {
      file: { type: 'string' },
      tag: { type: 'string' },
      label: { type: 'string', multiple: true },
      'build-arg': { type: 'string', multiple: true },
      target: { type: 'string' },
      platform: { type: 'string' },
    })
    const labels = labelsOf(values['label'])
    world.images.set(String(values['tag']), { id: `sha256:${idOf(JSON.stringify([values['tag'], labels]))}`, labels })
    return 0
  },
  save: (world, call, args) => {
    const { positionals } = parsed(args, { platform: { type: 'string' } })
    const missing = positionals.find((ref) => !world.images.has(ref))
    if (missing !== undefined) return failure(call, `No such image: ${missing}`)
    call.out(JSON.stringify(Object.fromEntries(positionals.map((ref) => [ref, world.images.get(ref)?.id]))))
    return 0
  },
}

const info = {
  ServerVersion: '28.5.1',
  CgroupVersion: '2',
  NCPU: 4,
  MemTotal: 16 * 2 ** 30,
  Architecture: 'x86_64',
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
  DriverStatus: [['Backing Filesystem', 'extfs']],
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>
type Parsed = { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] }

/** Throws on a flag that it was not told about. */
const parsed = (args: readonly string[], options: Options): Parsed =>
  parseArgs({ args: [...args], options, allowPositionals: true, strict: true })

const exactly = (args: readonly string[], wanted: readonly string[]): void => {
  if (args.join(' ') !== wanted.join(' ')) throw new Error(`it is called as \`${wanted.join(' ')}\``)
}

const labelsOf = (words: unknown): Labels =>
  Object.fromEntries(
    ((words ?? []) as readonly string[]).map((word) => [
      word.slice(0, word.indexOf('=')),
      word.slice(word.indexOf('=') + 1),
    ]),
  )

const fits = (labels: Labels, filter: unknown): boolean => {
  if (typeof filter !== 'string') return true
  const [, key = '', , value] = /^label=([^=]+)(=(.*))?$/.exec(filter) ?? []
  if (key === '') throw new Error(`no such filter: ${filter}`)
  return key in labels && (value === undefined || labels[key] === value)
}

const findContainer = (world: World, id: string): StandInContainer | undefined =>
  world.containers.get(id) ?? [...world.containers.values()].find(({ name }) => idOf(name) === id)

const inspectedContainer = (container: StandInContainer | undefined): object | undefined => {
  if (!container) return undefined
  const { name, labels, running, paused = false, ports, networks } = container
  const image = container.registry ? 'registry:3' : nodeImage
  const bindings = Object.fromEntries(
    ports.map(({ address, hostPort, containerPort, protocol }) => [
      `${containerPort}/${protocol}`,
      [{ HostIp: address, HostPort: String(hostPort) }],
    ]),
  )
  return {
    Id: idOf(name),
    Name: `/${name}`,
    Config: { Labels: labels, Image: image },
    Image: `sha256:${idOf(image)}`,
    State: { Running: running, Paused: paused, Status: paused ? 'paused' : running ? 'running' : 'exited' },
    HostConfig: { PortBindings: bindings },
    NetworkSettings: {
      Ports: running ? bindings : {},
      ...(networks && { Networks: Object.fromEntries(networks.map((network) => [network, {}])) }),
    },
  }
}

const inspect = (
  call: Call,
  names: readonly string[],
  find: (name: string) => object | undefined,
  missing: (name: string) => string,
): number => {
  const found = names.map((name) => find(name))
  call.out(`${JSON.stringify(found.filter((one) => one !== undefined))}\n`)
  return names.reduce((code, name, index) => (found[index] ? code : failure(call, missing(name))), 0)
}

/** `does` answers why it could not. */
const forEach = (call: Call, names: readonly string[], does: (name: string) => string | undefined): number => {
  const troubles = names.flatMap((name) => does(name) ?? [])
  return troubles.reduce((_code, trouble) => failure(call, trouble), 0)
}

const failure = (call: Call, message: string): number => {
  call.err(`Error response from daemon: ${message}\n`)
  return 1
}
