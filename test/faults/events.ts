import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Shop } from '../integration/shop.ts'
import type { Call } from '../support/stand-ins/call.ts'
import { idOf, type StandInContainer } from '../support/stand-ins/world.ts'

type Event = {
  /** What the run is started with. */
  readonly env?: Readonly<Record<string, string>>
  /** What its error has to name when it ends with one. */
  readonly words: RegExp
  /** How long a step may take, where nothing else ends the run. */
  readonly timeout?: string
  /** Lets it happen while the run stands still; what comes back is to be called once the run is over. */
  readonly begin: (at: Shop) => () => Promise<void> | void
}
export type EventName = 'engine restart' | 'API gone' | 'disk full' | 'clock jump'

/** Sets the clock of a process eight hours ahead when it goes on after SIGSTOP. */
export const clockJump = {
  NODE_OPTIONS: `--import ${fileURLToPath(new URL('clock.mjs', import.meta.url))}`,
  KINDUP_TEST_SLEPT_HOURS: '8',
}

/** What may happen to the world of a run, on a machine of stand-ins. */
export const events: Readonly<Record<EventName, Event>> = {
  // It is away for the rest of the run; what starts again with it is what it was told to, and nodes are not.
  'engine restart': {
    words: /docker|engine|API|kind/,
    timeout: '10s',
    begin: (at) => {
      const back = withoutApi(at)
      const stopped = [...at.world.containers.values()].map(stop)
      let isAway = true
      const refuse = ({ err }: Call): number | undefined => {
        if (!isAway) return undefined
        err('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n')
        return 1
      }
      for (const point of ['docker ', 'kind: ']) at.at(point, refuse)
      // Ports are bound, and the API is served, once the nodes are there.
      at.at('docker start', async ({ args }) => {
        if (isAway) return undefined
        const names = args.map((word) => [...at.world.containers.keys()].find((name) => idOf(name) === word) ?? word)
        await Promise.all(stopped.filter(({ name }) => names.includes(name)).map(({ bind }) => bind()))
        back()
        return undefined
      })
      return async () => {
        isAway = false
        for (const { name, bind } of stopped) {
          const container = at.world.containers.get(name)
          if (!container?.registry) continue
          await bind()
          container.running = true
        }
      }
    },
  },
  'API gone': { words: /API/, timeout: '10s', begin: (at) => withoutApi(at) },
  'disk full': {
    words: /no space left on device/,
    begin: (at) => {
      let isFull = true
      const refuse = ({ err, line }: Call): number | undefined => {
        if (!isFull || !writes.test(line)) return undefined
        err(`Error response from daemon: write /var/lib/docker/x: no space left on device\n`)
        return 1
      }
      for (const point of ['docker ', 'kind: ']) at.at(point, refuse)
      return () => {
        isFull = false
      }
    },
  },
  // Those at the other end of its connections are gone when it wakes up.
  'clock jump': {
    env: clockJump,
    words: /lease|API|connection/,
    begin: (at) => {
      for (const api of at.world.clusters.values()) api.state.cutConnections()
      return () => undefined
    },
  },
}

/** Stops a container; `bind` lets it listen where it did. */
const stop = (container: StandInContainer): { readonly name: string; readonly bind: () => Promise<void> } => {
  container.running = false
  const listened = container.listeners.map((server) => ({ server, at: server.address() as AddressInfo }))
  for (const { server } of listened) {
    server.closeAllConnections()
    server.close()
  }
  return {
    name: container.name,
    bind: async () => {
      await Promise.all(
        listened.map(
          ({ server, at }) =>
            new Promise<void>((resolve, reject) => {
              if (server.listening) return resolve()
              server.once('error', reject)
              server.listen({ host: at.address, port: at.port }, resolve)
            }),
        ),
      )
    },
  }
}

/** Hangs up on everybody until what comes back is called. */
const withoutApi = (at: Shop): (() => void) => {
  const apis = [...at.world.clusters.values()]
  for (const { state } of apis) {
    state.intercept(() => 'cut')
    state.cutConnections()
  }
  return () => {
    for (const { state } of apis) state.intercept(undefined)
  }
}

/** Calls that put something on the engine's disk. */
const writes = /^(kind create|docker (volume create|build|run|push|save|exec .*(install|import|touch|umask)))/
