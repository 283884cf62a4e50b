import { PassThrough, Writable } from 'node:stream'
import { boundSignal } from '../../core/bound.ts'
import { EnvironmentError, messageOf, stopReason } from '../../core/errors.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import { loadExec } from './client-node.ts'
import { libraryConfig } from './library-config.ts'

export type ContainerRef = { readonly namespace: string; readonly pod: string; readonly container: string }

/** How a program in a container ended. `code` undefined: it could not be started, `said` tells why. */
export type Ran = { readonly code: number | undefined; readonly said: string }

/** Runs a program in a running container, with `input` as its standard input. Throws `api-unreachable`, or what `signal` throws. */
export type ExecIn = (at: ContainerRef, command: readonly string[], input: Buffer, signal: AbortSignal) => Promise<Ran>

/** Longer than any file takes that somebody saves. */
const mostMs = 60_000

/** Runs programs in containers, by the API of the cluster that `context` of the file names. */
export const makeExecIn = async (kubeconfig: string, contextName: string): Promise<ExecIn> => {
  const [config, execOf] = await Promise.all([libraryConfig(kubeconfig, contextName), loadExec()])
  return async ({ namespace, pod, container }, command, input, given) => {
    const until = boundSignal(AbortSignal.any([given, AbortSignal.timeout(mostMs)])) ?? given
    if (until.aborted) throw stopReason(given)
    const said: Buffer[] = []
    const sink = () =>
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          said.push(chunk)
          done()
        },
      })
    const stdin = new PassThrough()
    const { promise, resolve, reject } = Promise.withResolvers<Ran>()
    const words = () => Buffer.concat(said).toString('utf8').trim()
    const away = (why: string) =>
      new EnvironmentError('api-unreachable', `Nothing could be run in ${pod} of ${namespace}: ${why}`)
    const stop = () => reject(given.aborted ? stopReason(given) : away(`it took longer than ${mostMs / 1000} s`))
    until.addEventListener('abort', stop, { once: true })
    let socket: { close(): void } | undefined
    try {
      const connecting = execOf(config).exec(
        namespace,
        pod,
        container,
        [...command],
        sink(),
        sink(),
        stdin,
        false,
        (status) => resolve(ranBy(status, words())),
      )
      const connected = await Promise.race([
        connecting.catch((error: unknown) => {
          throw away(messageOf(error) || 'the connection was refused')
        }),
        promise,
      ])
      if ('code' in connected) return connected
      socket = connected
      connected.addEventListener('close', () => reject(away('the connection was cut')))
      stdin.end(input)
      return await promise
    } finally {
      until.removeEventListener('abort', stop)
      socket?.close()
      promise.catch(() => undefined)
    }
  }
}

/** `Failure` with a reason other than an exit code: nothing was started. */
export const ranBy = (status: unknown, words: string): Ran => {
  if (textAt(status, 'status') === 'Success') return { code: 0, said: words }
  const cause = mapsAt(status, 'details', 'causes').find((one) => textAt(one, 'reason') === 'ExitCode')
  const code = Number(textAt(cause, 'message') ?? Number.NaN)
  const message = [words, textAt(status, 'message') ?? ''].filter((text) => text !== '').join(' ')
  return { code: Number.isNaN(code) ? undefined : code, said: message }
}
