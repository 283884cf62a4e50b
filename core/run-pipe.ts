import { PassThrough, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { boundSignal, waiting } from './bound.ts'
import { commandError } from './command-error.ts'
import { killGroup, stopWith } from './end-program.ts'
import { stopReason } from './errors.ts'
import { masked } from './mask/masked.ts'
import { nodeSpawn, notEnded, twoMinutes, type RunOptions, type Spawn } from './run.ts'
import { shown } from './shown-command.ts'

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
  const spawn: Spawn = options.spawn ?? nodeSpawn
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
  for (const { child } of sinks) feed(tee, child.stdin!)
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
    }
  }
  const [program = '', ...words] = isCommand(from) ? from : (to[0] ?? [])
  await waiting(notEnded(masked(shown(program, words), options.secrets)), work, { kill })
}

/**
 * A sink may end before its input does: well, as `ctr images import` does behind the last entry of an archive, or not, and then
 * what it said is the error worth showing. Neither is the others' affair, and what nobody takes any more is read all the same.
 */
const feed = (tee: PassThrough, stdin: Writable): void => {
  tee.pipe(stdin)
  stdin.on('error', () => undefined)
  stdin.on('close', () => {
    if (tee.listenerCount('data') === 0) tee.resume()
  })
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
  child: ReturnType<Spawn>,
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
