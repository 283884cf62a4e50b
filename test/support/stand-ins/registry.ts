import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import type { Call } from './call.ts'
import { bindPort, idOf, newContainer, type StandInContainer, type World } from './world.ts'

const known = 'registry:3'

/** `docker run`, as far as kindup starts containers by itself: a registry, detached, that waits for its configuration. */
export const runRegistry = async (world: World, call: Call, args: readonly string[]): Promise<number> => {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      detach: { type: 'boolean' },
      name: text,
      restart: text,
      volume: text,
      network: text,
      'network-alias': text,
      publish: text,
      entrypoint: text,
      label: { ...text, multiple: true },
      env: { ...text, multiple: true },
      // What follows the image is the container's.
      c: { type: 'boolean', short: 'c' },
    },
  })
  const { name = '', volume = '', network = 'bridge', publish, label = [] } = values
  if (!values.detach || values.restart !== 'unless-stopped' || positionals[0] !== known)
    throw new Error('only registries that go on by themselves are known')
  if (!world.images.has(known)) return failed(call, `Unable to find image '${known}' locally`)
  if (world.containers.has(name)) return failed(call, `Conflict. The container name "/${name}" is already in use`)
  if (network !== 'bridge' && !world.networks.has(network)) return failed(call, `network ${network} not found`)
  const labels = Object.fromEntries(label.map((one) => one.split('=') as [string, string]))
  const container = newContainer(name, labels)
  const [storage = ''] = volume.split(':')
  if (!world.volumes.has(storage)) throw new Error('its volume is made, and labelled, before')
  container.registry = { storage, config: '' }
  container.networks = [network]
  world.containers.set(name, container)
  const [address = '', hostPort = '', containerPort = ''] = publish?.split(':') ?? []
  if (publish !== undefined)
    try {
      await bindPort(
        world,
        container,
        { address, hostPort: Number(hostPort), containerPort: Number(containerPort), protocol: 'tcp' },
        (request, response) => {
          const { url = '' } = request
          const head = headOf(world, container, url)
          if (!head) return void response.destroy()
          void answerPiece(world, container, request, response, () => {
            response.writeHead(head.status, head.digest === undefined ? {} : { 'Docker-Content-Digest': head.digest })
            response.end()
          })
        },
      )
    } catch {
      return failed(
        call,
        `driver failed programming external connectivity: Bind for ${address}:${hostPort} failed: port is already allocated.`,
      )
    }
  container.running = true
  call.out(`${idOf(name)}\n`)
  return 0
}

const answerPiece = async (
  world: World,
  container: StandInContainer,
  request: IncomingMessage,
  response: ServerResponse,
  otherwise: () => void,
): Promise<void> => {
  if (!(await takePiece(world, container, request.method ?? 'GET', request, response))) otherwise()
}

/** The part of the distribution protocol that pushes blobs and manifests. Whether the request belongs to it. */
const takePiece = async (
  world: World,
  { registry }: StandInContainer,
  method: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> => {
  if (!registry) return false
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  const held = world.blobs.get(registry.storage) ?? new Map<string, Buffer>()
  world.blobs.set(registry.storage, held)
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const answer = (status: number, headers: Readonly<Record<string, string>> = {}, text = ''): true => {
    response.writeHead(status, headers).end(text)
    return true
  }
  const [, repository = '', what = '', digest = ''] =
    /^\/v2\/(.+)\/(manifests|blobs)\/(sha256:[0-9a-f]{64})$/.exec(pathname) ?? []
  if (what !== '' && method === 'HEAD') {
    const key = what === 'manifests' ? `${repository}@${digest}` : digest
    return answer(held.has(key) ? 200 : 404)
  }
  const upload = /^\/v2\/(.+)\/blobs\/uploads\/(\w*)$/.exec(pathname)
  if (upload && method === 'POST') return answer(202, { location: `${pathname}one` })
  if (method === 'PUT' && world.full.has(registry.storage)) {
    world.halfSent.add(`${registry.storage} ${upload?.[1] ?? repository}`)
    return answer(500, { 'content-type': 'application/json' }, noRoom(upload?.[1] ?? repository))
  }
  const given = upload ? (searchParams.get('digest') ?? '') : digest
  if (method !== 'PUT' || given === '') return false
  if (given !== `sha256:${createHash('sha256').update(body).digest('hex')}`) return answer(400)
  held.set(what === 'manifests' ? `${repository}@${digest}` : given, body)
  return answer(201)
}

const noRoomIn = (repository: string): string =>
  `write /var/lib/registry/docker/registry/v2/repositories/${repository}/_uploads/f0b26a2d-2339-4e51-a2d8-c3c65c6bb4a5/data: no space left on device`

/** As version 3 answers. */
const noRoom = (repository: string): string =>
  JSON.stringify({ errors: [{ code: 'UNKNOWN', message: 'unknown error', detail: noRoomIn(repository) }] })

/** What a registry answers to HEAD, undefined where it does not serve. */
const headOf = (
  world: World,
  { running, registry }: StandInContainer,
  path: string,
): { readonly status: number; readonly digest?: string } | undefined => {
  if (!running || !registry || registry.config === '' || troubleOf(world, registry.config) !== undefined)
    return undefined
  if (path === '/v2/') return { status: 200 }
  const [, repository, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(path) ?? []
  const digest = world.registries.get(registry.storage)?.get(`${repository}:${tag}`)
  return digest === undefined ? { status: 404 } : { status: 200, digest }
}

/** curl in a node, which finds registries by their name. */
export const curlFromNode = (world: World, call: Call, args: readonly string[]): number => {
  if (!args.includes('--head') || !args.join(' ').includes('--noproxy *')) throw new Error('only its head is asked for')
  const { hostname, pathname } = new URL(args.at(-1) ?? '')
  const container = world.containers.get(hostname)
  const head = container && headOf(world, container, pathname)
  if (!head) return 7
  call.out(
    `HTTP/1.1 ${head.status} x\r\n${head.digest === undefined ? '' : `Docker-Content-Digest: ${head.digest}\r\n`}\r\n`,
  )
  return 0
}

/** What kindup runs in a registry: it gives it a configuration, and reads it. The image has a shell and no wget. */
export const execInRegistry = async (
  world: World,
  { registry }: StandInContainer,
  call: Call,
  words: readonly string[],
): Promise<number> => {
  if (!registry) throw new Error('this is no registry')
  const [program, , script = ''] = words
  if (program === 'wget') {
    call.err('OCI runtime exec failed: exec: "wget": executable file not found in $PATH\n')
    return 127
  }
  if (program === '/bin/sh' && script.includes('cat >')) {
    if (!script.startsWith('umask 077')) throw new Error('others could read it')
    registry.config = await call.stdin()
    return 0
  }
  if (program === '/bin/sh' && script.startsWith('while IFS= read -r line')) {
    call.out(registry.config)
    return registry.config === '' ? 2 : 0
  }
  const [, repository] = /^rm -rf \S+\/repositories\/(\S+)\/_uploads$/.exec(script) ?? []
  if (repository !== undefined) {
    world.halfSent.delete(`${registry.storage} ${repository}`)
    return 0
  }
  throw new Error('a registry does nothing else')
}

/** What it says of itself. */
export const registryLog = (world: World, { registry }: StandInContainer): string => {
  const trouble = registry && troubleOf(world, registry.config)
  if (trouble !== undefined) return `panic: ${trouble}\n\ngoroutine 1 [running]:\n`
  const errors = [...world.halfSent].flatMap((one) => {
    const [storage, repository = ''] = one.split(' ')
    return storage === registry?.storage
      ? [
          `time="${new Date().toISOString()}" level=error msg="response completed with error" err.code=unknown err.detail="filesystem: ${noRoomIn(repository)}" err.message="unknown error" http.response.status=500 version=v3.0.0\n`,
        ]
      : []
  })
  return ['level=warning msg="No HTTP secret provided"\n', ...errors].join('')
}

/** A pull-through cache asks its upstream before it answers anybody. */
const troubleOf = (world: World, config: string): string | undefined => {
  const { proxy } = (parse(config) ?? {}) as { readonly proxy?: { readonly remoteurl: string } }
  return proxy !== undefined && world.unreachable.has(new URL(proxy.remoteurl).host)
    ? `Get "${proxy.remoteurl}/v2/": dial tcp: no such host`
    : undefined
}

export const tagImage = (world: World, call: Call, [ref = '', as = '']: readonly string[]): number => {
  const image = world.images.get(ref)
  if (!image) return failed(call, `No such image: ${ref}`)
  world.images.set(as, image)
  return 0
}

/** `docker push` to the registry that is published on that port. */
export const pushImage = (world: World, call: Call, [ref = '']: readonly string[]): number => {
  const held = world.images.get(ref)
  if (!held) return failed(call, `An image does not exist locally with the tag: ${ref}`)
  const [, port, rest = ''] = /^localhost:(\d+)\/(.+)$/.exec(ref) ?? []
  const registry = [...world.containers.values()].find(
    (container) => container.registry && container.ports.some(({ hostPort }) => hostPort === Number(port)),
  )?.registry
  if (!registry || registry.config === '') return failed(call, `Get "http://localhost:${port}/v2/": connection refused`)
  if (world.full.has(registry.storage)) {
    world.halfSent.add(`${registry.storage} ${rest.replace(/:[^:/]+$/, '')}`)
    call.out('63f584cb3b20: Preparing\n63f584cb3b20: Retrying in 5 seconds\n')
    call.err('received unexpected HTTP status: 500 Internal Server Error\n')
    return 1
  }
  const digest = `sha256:${idOf(`manifest of ${held.id}`)}`
  const contents = world.registries.get(registry.storage) ?? new Map<string, string>()
  world.registries.set(registry.storage, contents.set(rest, digest))
  world.images.set(ref, { ...held, repoDigests: [`${ref.replace(/:[^:/]+$/, '')}@${digest}`] })
  return 0
}

const failed = (call: Call, message: string): number => {
  call.err(`docker: Error response from daemon: ${message}\n`)
  return 125
}
