import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Spawn } from '../../core/run.ts'
import { main } from '../../scripts/main.ts'
import { standInSystem } from './stand-in-system.ts'

const entry = fileURLToPath(new URL('../../scripts/kindup.mjs', import.meta.url))

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type Running = {
  readonly ended: Promise<Ended>
  /** Resolves when standard error has shown this text, rejects when the run ends without it. */
  readonly shown: (text: string) => Promise<void>
  /** Resolves when standard output has so many lines that hold this text, with the last of them; rejects when the run ends without. */
  readonly printed: (text: string, lines?: number) => Promise<string>
  readonly kill: (signal: NodeJS.Signals) => void
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
  /** The same as a process of its own, which can be watched, killed, and run beside another one. */
  readonly start: (...call: Parameters<Sandbox['kindup']>) => Running
}

/** `path` is put before nothing: with it the command line finds these programs and node, and no others. */
export const sandbox = async (
  options: {
    readonly path?: string
    readonly env?: Readonly<Record<string, string>>
    /** Starts the programs that `kindup` calls. Default: that of Node. */
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
      ...(options.spawn && { spawn: options.spawn }),
    })
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  }
  const start: Sandbox['start'] = (args, env = {}, below = '') => {
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: path(below),
      env: { ...base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const text = { stdout: '', stderr: '' }
    const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = []
    const shown: Running['shown'] = (wanted) =>
      text.stderr.includes(wanted)
        ? Promise.resolve()
        : new Promise((resolve, reject) => waiting.push({ text: wanted, resolve, reject }))
    const printing: { text: string; lines: number; resolve: (line: string) => void; reject: (error: Error) => void }[] =
      []
    const linesWith = (wanted: string): string[] =>
      text.stdout
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.includes(wanted))
    const printed: Running['printed'] = (wanted, lines = 1) => {
      const found = linesWith(wanted)[lines - 1]
      return found === undefined
        ? new Promise((resolve, reject) => printing.push({ text: wanted, lines, resolve, reject }))
        : Promise.resolve(found)
    }
    child.stdout.on('data', (chunk: Buffer) => {
      text.stdout += chunk.toString()
      for (const { text: wanted, lines, resolve } of printing) {
        const found = linesWith(wanted)[lines - 1]
        if (found !== undefined) resolve(found)
      }
    })
    child.stderr.on('data', (chunk: Buffer) => {
      text.stderr += chunk.toString()
      for (const { text: wanted, resolve } of waiting) if (text.stderr.includes(wanted)) resolve()
    })
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => {
        resolve({ code, ...text })
        for (const { text: wanted, reject: miss } of waiting)
          miss(new Error(`it ended without having shown ${wanted}:\n${text.stderr}${text.stdout}`))
        for (const { text: wanted, reject: miss } of printing)
          miss(new Error(`it ended without having printed ${wanted}:\n${text.stdout}${text.stderr}`))
      })
    })
    return { ended, shown, printed, kill: (signal) => void child.kill(signal) }
  }
  return {
    folder,
    path,
    write,
    read: (file) => readFile(path(file), 'utf8'),
    start,
    kindup,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A stream that keeps what is written to it. */
const collector = (): Writable & { readonly text: () => string } => {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      text += chunk.toString()
      done()
    },
  })
  return Object.assign(stream, { text: () => text })
}
