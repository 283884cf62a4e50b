import { Writable, type PassThrough } from 'node:stream'
import { boundSignal } from '../../core/bound.ts'
import { EnvironmentError, messageOf, stopReason } from '../../core/errors.ts'
import { loadExec } from './client-node.ts'
import { ranBy, type ContainerRef, type Ran } from './exec.ts'
import { libraryConfig } from './library-config.ts'

/** Where a program in a container reads and writes. With `screen` it gets a terminal: what it writes comes to `stdout` alone. */
export type SessionStreams = {
  readonly stdin?: PassThrough
  readonly stdout: Sink
  readonly stderr: Sink
  readonly screen?: Screen
}

/** Takes what was written, and calls back once there is room for more. */
export type Sink = (chunk: Buffer, done: () => void) => void

/** The size of a terminal, and who tells when it changes. */
type Screen = {
  readonly columns?: number
  readonly rows?: number
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/** Runs a program in a running container for as long as it takes. Throws `api-unreachable`, or what `signal` throws. */
export type RunIn = (
  at: ContainerRef,
  command: readonly string[],
  streams: SessionStreams,
  signal: AbortSignal,
) => Promise<Ran>

/** Runs programs that talk, by the API of the cluster that `context` of the file names. */
export const makeRunIn = async (kubeconfig: string, contextName: string): Promise<RunIn> => {
  const [config, execOf] = await Promise.all([libraryConfig(kubeconfig, contextName), loadExec()])
  return async ({ namespace, pod, container }, command, streams, given) => {
    const until = boundSignal(given) ?? given
    if (until.aborted) throw stopReason(given)
    const { screen, stdin } = streams
    const [stdout, stderr] = [sink(streams.stdout), sink(streams.stderr)]
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const away = (why: string) =>
      new EnvironmentError('api-unreachable', `Nothing could be run in ${pod} of ${namespace}: ${why}`)
    const stop = (): void => reject(stopReason(given))
    until.addEventListener('abort', stop, { once: true })
    const sized = screen ? Object.assign(stdout, { columns: screen.columns ?? 80, rows: screen.rows ?? 24 }) : stdout
    const resized = (): void => {
      Object.assign(stdout, { columns: screen?.columns ?? 80, rows: screen?.rows ?? 24 })
      stdout.emit('resize')
    }
    screen?.on('resize', resized)
    let connecting: Promise<{ close(): void }> | undefined
    try {
      const asked = execOf(config)
        .exec(
          namespace,
          pod,
          container,
          [...command],
          sized,
          // The API takes none where there is a terminal.
          screen ? null : stderr,
          stdin ?? null,
          screen !== undefined,
          resolve,
        )
        .catch((error: unknown) => {
          throw away(messageOf(error) || 'the connection was refused')
        })
      connecting = asked
      // Who stops does not wait for an API that is slow to answer.
      await Promise.race([asked, promise])
      const connected = await asked
      connected.addEventListener('close', () => reject(away('the connection was cut')))
      const status = await promise
      // It ends them; what was written has to arrive.
      await Promise.all([arrived(stdout), ...(screen ? [] : [arrived(stderr)])])
      return ranBy(status, '')
    } finally {
      until.removeEventListener('abort', stop)
      screen?.off('resize', resized)
      connecting?.then(
        (socket) => socket.close(),
        () => undefined,
      )
    }
  }
}

const sink = (take: Sink): Writable =>
  new Writable({ write: (chunk: Buffer, _encoding, done) => take(chunk, () => done()) })

const arrived = (stream: Writable): Promise<void> =>
  new Promise((done) => {
    if (stream.writableFinished || stream.destroyed) return done()
    stream.once('finish', done).once('error', () => done())
    stream.end()
  })
