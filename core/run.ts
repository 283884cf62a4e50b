import { spawn as ownSpawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { pipeline } from 'node:stream/promises'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { $ } from 'zx/core'
import { boundSignal, waiting } from './bound.ts'
import { commandError } from './command-error.ts'
import { killGroup, stopWith } from './end-program.ts'
import { stopReason } from './errors.ts'
import { shown } from './shown-command.ts'
import { masked } from './mask/masked.ts'

export { CommandError } from './command-error.ts'

/** How one child process is run. Nothing else in kindup starts processes. */
export type RunOptions = {
  /** Written to standard input, which is closed otherwise. */
  readonly input?: string | Uint8Array
  readonly cwd?: string
  /** Added to the inherited environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** After this the process group is killed and the call fails, saying so. Default two minutes. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Texts that are shown as *** in errors and logs. */
  readonly secrets?: readonly string[]
  /** Exit codes that are answers and not failures. Default [0]. */
  readonly okCodes?: readonly number[]
  /** Gives the child this terminal and keeps it in this process group: sudo loses terminal and ticket otherwise. */
  readonly terminal?: boolean
  /** Called with each line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void
}

/** Starts a child process, as `spawn` of node:child_process does. */
export type Spawn = (program: string, args: readonly string[], options: SpawnOptions) => ChildProcess

export type RunResult = { readonly stdout: string; readonly stderr: string; readonly code: number }

/** Starts `program` with an array of arguments (never through a shell) and waits for its end. Throws CommandError. */
export type Run = (program: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>

const twoMinutes = 120_000
/** Of a program that is waited for. Commands can be pages long. */
const notEnded = (command: string): string =>
  `\`${command.length > 100 ? `${command.slice(0, 100)}…` : command}\` has not ended`

export const makeRun = (
  defaults: {
    readonly signal?: AbortSignal
    readonly log?: (line: string) => void
    /** Hidden in what is shown of every program, beside those of its own options. */
    readonly secrets?: readonly string[]
    /** What children inherit. Default: this process's own. */
    readonly env?: Readonly<Record<string, string | undefined>>
    readonly cwd?: string
    /** Default: that of Node. */
    readonly spawn?: Spawn
  } = {},
): Run => {
  const spawn: Spawn = defaults.spawn ?? ownSpawn
  return async (program, args, given = {}) => {
    const options = { ...given, secrets: [...(defaults.secrets ?? []), ...(given.secrets ?? [])] }
    const bound = boundSignal()
    const signal = options.signal ? boundSignal(options.signal) : (bound ?? defaults.signal)
    if (signal?.aborted) throw stopReason(signal)
    const command = masked(shown(program, args), options.secrets)
    const started = performance.now()
    const cwd = options.cwd ?? defaults.cwd
    const child = $({
      // zx would go through bash, which small CI images lack: the program is started itself.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zx calls it in this one way, and its type asks for every way of Node's spawn
      spawn: ((_shell: string, _words: readonly string[], spawnOptions: object) =>
        spawn(program, args, { ...spawnOptions, shell: false })) as unknown as typeof ownSpawn,
      // And without bash it has no way to quote, which is an error even where nothing is quoted for a shell.
      quote: String,
      nothrow: true,
      quiet: true,
      verbose: false,
      detached: options.terminal !== true,
      stdio: options.terminal ? 'inherit' : [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(options.input === undefined ? {} : { input: Buffer.from(options.input) }),
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...(defaults.env ?? process.env), ...options.env },
    })`${program} ${args}`
    // A program that ends without reading all of it breaks the pipe; what it says and its exit code are the answer.
    child.child?.stdin?.on('error', () => undefined)
    if (options.onLine) followLines(child.child, options.onLine, options.secrets)
    const stop = stopWith(() => child.child, {
      ...(signal ? { signal } : {}),
      timeoutMs: options.timeoutMs ?? twoMinutes,
    })
    const output = await waiting(notEnded(command), () => child.finally(stop.clear), {
      kill: () => killGroup(child.child, 'SIGKILL'),
    })
    defaults.log?.(`${command} → ${output.exitCode ?? output.signal} in ${Math.round(performance.now() - started)} ms`)
    if (stop.why === 'signal') throw stopReason(signal)
    const result = { stdout: output.stdout, stderr: output.stderr, code: output.exitCode ?? -1 }
    if (stop.why === undefined && (options.okCodes ?? [0]).includes(result.code)) return result
    throw commandError({
      command,
      program,
      result,
      cause: output.cause,
      secrets: options.secrets,
      timedOutMs: stop.why === 'timeout' ? (options.timeoutMs ?? twoMinutes) : undefined,
    })
  }
}

export type HandOver = {
  readonly input?: string
  /** All of it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default: that of Node. */
  readonly spawn?: Spawn
}

/** A browser that was not there yet goes on for as long as somebody reads. */
const handOverMs = 2_000

/** Hands something to a program of the desktop, which may go on after this one. False where it is not there, or has failed. */
export const handOver = (program: string, args: readonly string[], options: HandOver): Promise<boolean> =>
  new Promise((resolve) => {
    const child = (options.spawn ?? ownSpawn)(program, args, {
      env: { ...options.env },
      detached: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
    })
    const still = setTimeout(() => {
      child.unref()
      resolve(true)
    }, handOverMs)
    const over = (took: boolean): void => {
      clearTimeout(still)
      resolve(took)
    }
    child.once('error', () => over(false)).once('exit', (code) => over(code === 0))
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input)
  })

/**
 * Streams the output of one program, or what is at hand, changed on its way by `through`, into the input of several at once, or of
 * none. All are killed when one fails.
 */
export const runPipe = async (
  from: readonly string[] | AsyncIterable<Buffer>,
  to: readonly (readonly string[])[],
  options: Pick<RunOptions, 'signal' | 'timeoutMs' | 'secrets'> & {
    /** All of it. Default: this process's own. */
    readonly env?: Readonly<Record<string, string | undefined>>
    readonly through?: (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>
    /** Told how many bytes each piece has that comes from the first program. */
    readonly onBytes?: (count: number) => void
    /** Default: that of Node. */
    readonly spawn?: Spawn
  } = {},
): Promise<void> => {
  const signal = boundSignal(options.signal)
  if (signal?.aborted) throw stopReason(signal)
  const spawn: Spawn = options.spawn ?? ownSpawn
  const env = { ...(options.env ?? process.env) }
  const start = ([program = '', ...args]: readonly string[], stdin: 'ignore' | 'pipe') => {
    const child = spawn(program, args, {
      env,
      detached: true,
      stdio: [stdin, stdin === 'pipe' ? 'ignore' : 'pipe', 'pipe'],
    })
    return { child, ended: ending(child, masked(shown(program, args), options.secrets), program, options.secrets) }
  }
  const source = isCommand(from) ? start(from, 'ignore') : undefined
  const sinks = to.map((command) => start(command, 'pipe'))
  const all = [...(source ? [source] : []), ...sinks]
  const stops = all.map(({ child }) =>
    stopWith(() => child, { ...(signal ? { signal } : {}), timeoutMs: options.timeoutMs ?? twoMinutes }),
  )
  const tee = new PassThrough()
  // One reader a node: more than Node's idea of a leak.
  tee.setMaxListeners(0)
  // A sink that ends early breaks its own pipe; what it said on standard error is the error worth showing.
  const streams = sinks.map(({ child }) => pipeline(tee, child.stdin!).catch(() => undefined))
  const { through, onBytes } = options
  const out: AsyncIterable<Buffer> = isCommand(from) ? source!.child.stdout! : from
  const passed =
    through || !source
      ? pipeline(
          out,
          (bytes: AsyncIterable<Buffer>) => (through ?? asItIs)(onBytes ? counted(bytes, onBytes) : bytes),
          tee,
        )
      : undefined
  if (!passed && source) {
    source.child.stdout!.pipe(tee)
    if (onBytes) source.child.stdout!.on('data', (piece: Buffer) => onBytes(piece.length))
  }
  const kill = (): void => all.forEach(({ child }) => killGroup(child, 'SIGKILL'))
  const work = async (): Promise<void> => {
    try {
      await Promise.all([...all.map(({ ended }) => ended), passed])
    } catch (error) {
      kill()
      await Promise.allSettled([...all.map(({ ended }) => ended), passed])
      if (signal?.aborted) throw stopReason(signal)
      throw error
    } finally {
      for (const stop of stops) stop.clear()
      tee.destroy()
      await Promise.all(streams)
    }
  }
  const [program = '', ...words] = isCommand(from) ? from : (to[0] ?? [])
  await waiting(notEnded(masked(shown(program, words), options.secrets)), work, { kill })
}

/** Hands on what a program writes, as it comes. Throws what `use` throws, and CommandError. */
export const runInto = (
  from: readonly string[],
  use: (source: AsyncIterable<Buffer>) => Promise<void>,
  options: Omit<NonNullable<Parameters<typeof runPipe>[2]>, 'through'>,
): Promise<void> =>
  runPipe(from, [], {
    ...options,
    through: async function* (source) {
      await use(source)
      yield* []
    },
  })

/**
 * Starts programs for a library that waits for them itself, each in a process group of its own and without input: what
 * the caller is bound to ends them.
 */
export const boundSpawn: Spawn = (program, args, options) => {
  const signal = boundSignal()
  if (signal?.aborted) throw stopReason(signal)
  const child = ownSpawn(program, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = stopWith(() => child, signal ? { signal } : {})
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  }).finally(stop.clear)
  // Its arguments may hold a token.
  void waiting(notEnded(program), () => ended, { kill: () => killGroup(child, 'SIGKILL') })
  return child
}

const isCommand = (from: readonly string[] | AsyncIterable<Buffer>): from is readonly string[] => Array.isArray(from)

const asItIs = (bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> => bytes

const counted = async function* (
  source: AsyncIterable<Buffer>,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    onBytes(piece.length)
    yield piece
  }
}

const ending = (
  child: ChildProcess,
  command: string,
  program: string,
  secrets: readonly string[] | undefined,
): Promise<void> =>
  new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-20_000)))
    child.on('error', (cause) =>
      reject(commandError({ command, program, result: { stdout: '', stderr, code: -1 }, cause, secrets })),
    )
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(commandError({ command, program, result: { stdout: '', stderr, code: code ?? -1 }, secrets })),
    )
  })

const followLines = (
  child: ChildProcess | undefined,
  onLine: (line: string) => void,
  secrets: readonly string[] | undefined,
): void => {
  for (const stream of [child?.stdout, child?.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => onLine(masked(line, secrets)))
}
