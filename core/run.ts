import { spawn as ownSpawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { createInterface } from 'node:readline'
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

/** That of Node. No other module takes it from there. */
export const nodeSpawn: Spawn = ownSpawn

export type RunResult = { readonly stdout: string; readonly stderr: string; readonly code: number }

/** Starts `program` with an array of arguments (never through a shell) and waits for its end. Throws CommandError. */
export type Run = (program: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>

export const twoMinutes = 120_000
/** Of a program that is waited for. Commands can be pages long. */
export const notEnded = (command: string): string =>
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
  const spawn: Spawn = defaults.spawn ?? nodeSpawn
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

const followLines = (
  child: ChildProcess | undefined,
  onLine: (line: string) => void,
  secrets: readonly string[] | undefined,
): void => {
  for (const stream of [child?.stdout, child?.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => onLine(masked(line, secrets)))
}
