import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Spawn } from '../../core/run.ts'
import { StoppedError } from '../../core/errors.ts'
import { main } from '../../scripts/main.ts'
import { builtKindup } from './built.ts'
import { holdDocument } from './held-document.ts'
import { standInSystem } from './stand-in-system.ts'
import { spawnWhatIsThere } from './stand-ins/spawn-what-is-there.ts'

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type Running = {
  readonly ended: Promise<Ended>
  /** Resolves when standard error has shown this text, rejects when the run ends without it. */
  readonly shown: (text: string) => Promise<void>
  /** Resolves when standard output has so many lines that hold this text, with the last of them; rejects when the run ends without. */
  readonly printed: (text: string, lines?: number) => Promise<string>
  readonly kill: (signal: NodeJS.Signals) => void
}

export type RunningProcess = Running & {
  /** Whether SIGSTOP has stopped it; false when it ends without. Linux alone tells. */
  readonly stopped: () => Promise<boolean>
}

/** A home of its own for the real command line: folder, cache, kubeconfig and hosts file that are nobody else's. */
export type Sandbox = AsyncDisposable & {
  readonly folder: string
  readonly path: (...parts: readonly string[]) => string
  readonly write: (file: string, text: string, mode?: number) => Promise<void>
  readonly read: (file: string) => Promise<string>
  /**
   * Runs `kindup ARGS` to its end, in the folder or in the one below it that is given, inside of the process of the test:
   * the same entry point, without the cost of a process. What Node itself reads (NODE_*, FORCE_COLOR) does nothing here.
   */
  readonly kindup: (
    args: readonly string[],
    env?: Readonly<Record<string, string | undefined>>,
    folder?: string,
  ) => Promise<Ended>
  /**
   * The same without waiting for its end: it can be watched, and stopped by a signal that lets it end by itself, one of
   * KINDUP_FAULT too. `stopped` is called where that is SIGSTOP, and the run goes on after it.
   */
  readonly begin: (...call: [...Parameters<Sandbox['kindup']>, stopped?: () => void]) => Running
  /** The same as a process of its own, of the package as it is built: it can be watched, killed, and run beside another one. */
  readonly start: (...call: Parameters<Sandbox['kindup']>) => RunningProcess
}

/** `path` is put before nothing: with it the command line finds these programs and node, and no others. */
export const sandbox = async (
  options: {
    readonly path?: string
    readonly env?: Readonly<Record<string, string>>
    /** Starts the programs that `kindup` calls. Default: as that of Node. */
    readonly spawn?: Spawn
  } = {},
): Promise<Sandbox> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-'))
  const path = (...parts: readonly string[]): string => join(folder, ...parts)
  await mkdir(path('home'), { recursive: true })
  const system = await standInSystem(path('home', 'system'))
  const base = {
    HOME: path('home'),
    KINDUP_CACHE: path('cache'),
    KUBECONFIG: path('home', '.kube', 'config'),
    PATH: options.path ?? process.env['PATH'],
    NO_COLOR: '1',
    LANG: 'C.UTF-8',
    // What stands in for a node runs no scripts.
    KINDUP_RESET: 'off',
    // See cheap-go.ts.
    GOGC: process.env['GOGC'],
    GOMEMLIMIT: process.env['GOMEMLIMIT'],
    ...options.env,
  }
  const write = async (file: string, text: string, mode?: number): Promise<void> => {
    await mkdir(dirname(path(file)), { recursive: true })
    await writeFile(path(file), text, { mode: mode ?? 0o644 })
  }
  const kindup: Sandbox['kindup'] = async (args, env = {}, below = '') => {
    const stdout = collector()
    const stderr = collector()
    const code = await main(args, {
      cwd: () => path(below),
      env: { ...base, ...env },
      stdin: {},
      stdout,
      stderr,
      signal: new AbortController().signal,
      system,
      spawn: options.spawn ?? spawnWhatIsThere,
    })
    const ended = { code, stdout: stdout.text(), stderr: stderr.text() }
    holdDocument(args, ended)
    return ended
  }
  const begin: Sandbox['begin'] = (args, env = {}, below = '', stopped) => {
    const stop = new AbortController()
    const hit: Running['kill'] = (signal) => {
      if (signal === 'SIGSTOP' && stopped) return stopped()
      if (signal === 'SIGKILL' || signal === 'SIGSTOP') throw new Error(`only a process of its own takes ${signal}`)
      stop.abort(new StoppedError())
    }
    const followed = follow(hit)
    const ended = main(args, {
      cwd: () => path(below),
      env: { ...base, ...env },
      stdin: {},
      stdout: collector(followed.stdout),
      stderr: collector(followed.stderr),
      signal: stop.signal,
      system,
      hit,
      spawn: options.spawn ?? spawnWhatIsThere,
    })
    return held(args, followed.until(ended))
  }
  const start: Sandbox['start'] = (args, env = {}, below = '') => {
    const child = spawn(process.execPath, [builtKindup(), ...args], {
      cwd: path(below),
      env: { ...base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const followed = follow((signal) => void child.kill(signal))
    child.stdout.on('data', (chunk: Buffer) => followed.stdout(chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => followed.stderr(chunk.toString()))
    const ended = new Promise<Ended['code']>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    return {
      ...held(args, followed.until(ended)),
      stopped: async () => {
        while (child.exitCode === null && child.signalCode === null) {
          if (isStopped(child.pid)) return true
          await pause(5)
        }
        return false
      },
    }
  }
  return {
    folder,
    path,
    write,
    read: (file) => readFile(path(file), 'utf8'),
    begin,
    start,
    kindup,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

const held = (args: readonly string[], running: Running): Running => ({
  ...running,
  ended: running.ended.then((ended) => {
    holdDocument(args, ended)
    return ended
  }),
})

/** The letter behind the name, which is in brackets and may hold anything. */
const isStopped = (pid = 0): boolean => {
  try {
    return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** A stream that keeps what is written to it. */
const collector = (heard: (more: string) => void = () => undefined): Writable & { readonly text: () => string } => {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      text += chunk.toString()
      heard(chunk.toString())
      done()
    },
  })
  return Object.assign(stream, { text: () => text })
}

/** What a run prints while it goes on. */
const follow = (kill: Running['kill']) => {
  const text = { stdout: '', stderr: '' }
  type Wanted = {
    readonly what: string
    readonly found: () => string | undefined
    readonly resolve: (found: string) => void
    readonly reject: (error: Error) => void
  }
  const waiting = new Set<Wanted>()
  const until = (what: string, found: () => string | undefined): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting.add({ what, found, resolve, reject })
      probe()
    })
  const probe = (): void => {
    for (const one of waiting) {
      const found = one.found()
      if (found === undefined) continue
      waiting.delete(one)
      one.resolve(found)
    }
  }
  const hear = (stream: 'stdout' | 'stderr') => (more: string) => {
    text[stream] += more
    probe()
  }
  const running: Omit<Running, 'ended'> = {
    shown: async (wanted) => {
      await until(`shown ${wanted}`, () => (text.stderr.includes(wanted) ? wanted : undefined))
    },
    printed: (wanted, lines = 1) =>
      until(
        `printed ${wanted}`,
        () =>
          text.stdout
            .split('\n')
            .slice(0, -1)
            .filter((line) => line.includes(wanted))[lines - 1],
      ),
    kill,
  }
  return {
    stdout: hear('stdout'),
    stderr: hear('stderr'),
    until: (over: Promise<Ended['code']>): Running => ({
      ...running,
      ended: over.then((code) => {
        for (const { what, reject } of waiting)
          reject(new Error(`it ended without having ${what}:\n${text.stderr}${text.stdout}`))
        return { code, ...text }
      }),
    }),
  }
}
