import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Spawn } from '../../../core/run.ts'
import { untoldMessage, type Call, type Program, type Untold } from './call.ts'

type Started = {
  readonly program: string
  readonly args: readonly string[]
  readonly options: SpawnOptions
  readonly answer: Program
  readonly untold: Untold
  /** Starts the real program that takes its place when the answer is 0. */
  readonly real?: () => ReturnType<Spawn>
}

/** As much as a pipe holds of what nobody reads. */
const pipeBytes = 65_536

/** A child process without a process: what it does is answered in this one. It has no id, and takes signals by `kill` alone. */
class StandInProcess extends EventEmitter {
  readonly stdin: PassThrough | null
  readonly stdout: PassThrough | null
  readonly stderr: PassThrough | null
  pid: number | undefined
  exitCode: number | null = null
  signalCode: NodeJS.Signals | null = null
  killed = false
  readonly #killed = new AbortController()
  #real: ChildProcess | undefined
  #isOver = false

  constructor(started: Started) {
    super()
    const pipes = [0, 1, 2].map((index) => {
      const { stdio = 'pipe' } = started.options
      const kind = typeof stdio === 'string' ? stdio : (stdio[index] ?? 'pipe')
      if (kind === 'inherit') throw new Error('a stand-in has no terminal to give')
      return kind === 'pipe' ? new PassThrough({ highWaterMark: pipeBytes }) : null
    })
    this.stdin = pipes[0] ?? null
    this.stdout = pipes[1] ?? null
    this.stderr = pipes[2] ?? null
    // Nobody can listen before there is anything to listen to.
    setImmediate(() => void this.#run(started))
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): boolean {
    if (this.#isOver) return false
    this.killed = true
    if (this.#real) return this.#real.kill(signal)
    this.#end(null, signal)
    return true
  }

  async #run(started: Started): Promise<void> {
    if (this.#isOver) return
    this.emit('spawn')
    const { program, args, options, answer, untold, real } = started
    const line = [program, ...args].join(' ')
    try {
      const code = await answer(this.#call(program, args, line, options))
      if (this.#isOver) return
      if (code === 0 && real) this.#become(real())
      else this.#end(code, null)
    } catch (error) {
      if (this.#isOver) return
      const message = untoldMessage(line, error)
      untold(message)
      this.stderr?.write(`${message}\n`)
      this.#end(64, null)
    }
  }

  #call(program: string, args: readonly string[], line: string, options: SpawnOptions): Call {
    /** What a process that is gone would have said reaches nobody. */
    const write = (stream: PassThrough | null) => (said: string) => {
      if (!this.#isOver) stream?.write(said)
    }
    return {
      program,
      args,
      line,
      signal: this.#killed.signal,
      kill: (signal) => {
        // What leads a group of its own is ended with the group.
        if (this.#real?.pid && options.detached) process.kill(-this.#real.pid, signal)
        else this.kill(signal)
      },
      stdin: () => (this.stdin ? text(this.stdin) : Promise.resolve('')),
      environment: () =>
        Promise.resolve(
          Object.entries(options.env ?? {})
            .filter(([, value]) => value !== undefined)
            .map(([name, value]) => `export ${name}='${value?.replaceAll("'", String.raw`'\''`)}'\n`)
            .join(''),
        ),
      out: write(this.stdout),
      err: write(this.stderr),
    }
  }

  #become(real: ChildProcess): void {
    this.#real = real
    this.pid = real.pid
    if (real.stdin) this.stdin?.on('error', () => {}).pipe(real.stdin.on('error', () => {}))
    if (this.stdout) real.stdout?.pipe(this.stdout, { end: false })
    if (this.stderr) real.stderr?.pipe(this.stderr, { end: false })
    real.on('error', (error) => this.emit('error', error))
    real.on('close', (code, signal) => this.#end(code, signal))
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    this.#isOver = true
    if (signal) this.#killed.abort(new Error('killed'))
    // Whoever still writes learns that nobody reads.
    if (this.stdin?.writableFinished === false)
      this.stdin.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }))
    setImmediate(() => this.#leave(code, signal))
  }

  #leave(code: number | null, signal: NodeJS.Signals | null): void {
    this.exitCode = code
    this.signalCode = signal
    this.emit('exit', code, signal)
    const open = [this.stdout, this.stderr].filter((stream) => stream !== null)
    const closed = open.map((stream) => new Promise<void>((resolve) => void stream.once('close', resolve)))
    for (const stream of open) {
      stream.end()
      // As Node does it: what nobody listens to, or no longer, is let go.
      stream.resume()
    }
    void Promise.all(closed).then(() => this.emit('close', code, signal))
  }
}

export const standInProcess = (started: Started): ChildProcess => new StandInProcess(started) as unknown as ChildProcess
