import { mkdir } from 'node:fs/promises'
import process from 'node:process'
import { sandbox, type Running, type Sandbox } from '../sandbox.ts'
import type { Call, Program } from './call.ts'
import { docker } from './docker.ts'
import { kind } from './kind.ts'
import { standInPrograms } from './programs.ts'
import { removeContainer, type World } from './world.ts'
import type { ApiServer } from '../api-server/start-api-server.ts'

/** What becomes of a call instead of what it would do: an exit code, or undefined to go on. */
type Instead = (call: Call) => Promise<number | undefined> | number | undefined

type Held = {
  /** Once a call of that run has come to that point; rejects when the run ends before. */
  readonly reachedBy: (running: Running) => Promise<void>
  readonly release: () => void
}

/**
 * A machine for the real command line: a home, a PATH with stand-ins of docker and kind, real tools where asked for, and
 * nothing else, and the world that the stand-ins know.
 */
export type Machine = Sandbox & {
  readonly world: World
  /** Every call of a program so far, as the user would write it. */
  readonly calls: readonly string[]
  /** Those that change something: all but looks. */
  readonly changes: () => readonly string[]
  /** Does something else at calls that begin so, or at a stage of kind: `kind: Preparing nodes`. */
  readonly at: (point: string, instead: Instead) => void
  /** Keeps the first call that begins so from going on. */
  readonly hold: (point: string) => Held
  /** To be called before a process that was not started by `start` or `kindup` calls the programs. */
  readonly listen: () => void
  /** The API of the cluster. Throws when there is none. */
  readonly api: (cluster: string) => ApiServer
}

export type MachineOptions = {
  /** Default: docker and kind. */
  readonly programs?: readonly ('docker' | 'kind')[]
  /** Real programs to put on the PATH: name → path. */
  readonly tools?: Readonly<Record<string, string>>
  readonly api?: World['api']
  readonly env?: Readonly<Record<string, string>>
}

/** Each stand-in is a process of its own then, as it is for `start` anyway. */
const inProcesses = process.env['KINDUP_TEST_PROCESSES'] === '1'

export const machine = async (options: MachineOptions = {}): Promise<Machine> => {
  const { programs = ['docker', 'kind'], tools = {}, api = {} } = options
  const home = await sandbox({
    ...(options.env && { env: options.env }),
    ...(inProcesses ? {} : { spawn: (...call) => served.spawn(...call) }),
  })
  const programsAlone = { PATH: home.path('bin') }
  const calls: string[] = []
  const untold: string[] = []
  const points: { readonly point: string; readonly instead: Instead }[] = []
  const world: World = {
    volumes: new Map(),
    containers: new Map(),
    networks: new Map(),
    images: new Map(),
    registries: new Map(),
    blobs: new Map(),
    unreachable: new Set(),
    full: new Set(),
    halfSent: new Set(),
    clusters: new Map(),
    api,
    request: (_request, response) => void response.writeHead(404).end('nobody told what is here\n'),
    before: async (point, call) => {
      for (const one of points.filter((each) => point.startsWith(each.point))) {
        const code = await one.instead(call)
        if (code !== undefined) return code
      }
      return undefined
    },
  }
  const answers = { docker: docker(world), kind: kind(world) }
  const served = standInPrograms(
    home.path('calls'),
    async (call) => {
      calls.push(call.line)
      const answer = answers[call.program as keyof typeof answers] as Program | undefined
      // A real program runs after this, in the place of its stand-in.
      return (await world.before(call.line, call)) ?? (answer ? answer(call) : 0)
    },
    (message) => untold.push(message),
  )
  if (inProcesses) served.listen()
  await mkdir(home.path('bin'))
  await Promise.all([
    ...programs.map((program) => served.put(home.path('bin', program), program)),
    ...Object.entries(tools).map(([program, path]) => served.put(home.path('bin', program), program, path)),
  ])

  return {
    ...home,
    start: (args, env, below) => {
      served.listen()
      return home.start(args, { ...programsAlone, ...env }, below)
    },
    begin: (args, env, below, stopped) => home.begin(args, { ...programsAlone, ...env }, below, stopped),
    kindup: (args, env, below) => home.kindup(args, { ...programsAlone, ...env }, below),
    listen: served.listen,
    world,
    calls,
    changes: () => calls.filter((line) => !looks.test(line)),
    at: (point, instead) => void points.push({ point, instead }),
    hold: (point) => {
      const reached = Promise.withResolvers<void>()
      const released = Promise.withResolvers<undefined>()
      let isFirst = true
      points.push({
        point,
        instead: (call) => {
          if (!isFirst) return undefined
          isFirst = false
          reached.resolve()
          call.signal.addEventListener('abort', () => released.reject(new Error('killed')))
          return released.promise
        },
      })
      return {
        reachedBy: async ({ ended }) => {
          const early = ended.then(({ stderr }) => {
            throw new Error(`it ended before ${point}:\n${stderr}`)
          })
          await Promise.race([reached.promise, early])
        },
        release: () => released.resolve(undefined),
      }
    },
    api: (cluster) => {
      const found = world.clusters.get(cluster)
      if (!found) throw new Error(`there is no cluster ${cluster}`)
      return found
    },
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]()
      for (const container of world.containers.values()) await removeContainer(world, container)
      await home[Symbol.asyncDispose]()
      if (untold.length > 0) throw new Error(untold.join('\n'))
    },
  }
}

const looks =
  /^(docker (info|version|ps|logs|(volume|container|image|network) inspect|(volume|network) ls|exec \S+ (cat|test|crictl|containerd|journalctl|ctr --namespace=k8s.io content|grep|curl|wget|\/bin\/sh -c while))|kind version|helm (version|template|show)|kubectl (version|kustomize))\b/
