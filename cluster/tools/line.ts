import type { Dispatcher, Response } from 'undici'
import { boundSignal, waiting } from '../../core/bound.ts'
import { stopReason } from '../../core/errors.ts'
import { isDiskError } from './disk-error.ts'
import { mirrorOf } from './locations.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { proxiesOf } from './proxy.ts'
import { TransferError, transferError } from './transfer-error.ts'

type Env = Readonly<Record<string, string | undefined>>

export type LineOptions = {
  readonly env: Env
  readonly signal?: AbortSignal | undefined
  /** Nothing at all for so long: the line is dead. Milliseconds. */
  readonly stallMs?: number | undefined
  /** Before the second try; longer before the next ones. Milliseconds. */
  readonly pauseMs?: number | undefined
}

/** The way to the network: through the proxies of the environment, ended by a signal. */
export type Line = {
  readonly signal: AbortSignal | undefined
  readonly pauseMs: number
  /** One request, followed to its end. Throws TransferError, what `read` threw of this machine's disk, and the stop reason. */
  readonly ask: <T>(url: string, headers: Readonly<Record<string, string>>, read: Read<T>) => Promise<T>
}

type Read<T> = (response: Response, alive: () => void) => Promise<T>

/** Gives a line to the work and hangs up afterwards: an idle connection would keep the process alive. */
export const withLine = async <T>(options: LineOptions, work: (line: Line) => Promise<T>): Promise<T> => {
  const proxies = proxiesOf(options.env)
  const mirror = mirrorOf(options.env)
  // Half of the time of a command that downloads nothing: loaded only here.
  const { EnvHttpProxyAgent, fetch } = await import('undici')
  const dispatcher: Dispatcher = new EnvHttpProxyAgent({ ...proxies, headersTimeout: 0, bodyTimeout: 0 })
  const { stallMs = 30_000, pauseMs = 500 } = options
  const signal = boundSignal(options.signal)

  const ask: Line['ask'] = async (url, wanted, read) => {
    const isSecure = url.startsWith('https:')
    const login = mirror?.authorization !== undefined && url.startsWith(`${mirror.base}/`) ? mirror.authorization : ''
    const proxy = withoutLogin(isSecure ? proxies.httpsProxy : proxies.httpProxy)
    const dead = new AbortController()
    const timer = setTimeout(() => dead.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs)
    const answered = async () => {
      const response = await fetch(url, {
        headers: { 'accept-encoding': 'identity', ...(login === '' ? {} : { authorization: login }), ...wanted },
        signal: signal ? AbortSignal.any([signal, dead.signal]) : dead.signal,
        dispatcher,
      })
      if (isSecure && !response.url.startsWith('https:'))
        throw new TransferError(`${url} sends on to ${response.url}, which anybody on the way can change.`, {
          mayHeal: false,
        })
      timer.refresh()
      return read(response, () => timer.refresh())
    }
    try {
      return await waiting(`${withoutLogin(url)} has not sent all of it`, answered)
    } catch (error) {
      if (signal?.aborted) throw stopReason(signal)
      if (error instanceof TransferError || isDiskError(error)) throw error
      throw transferError(url, dead.signal.aborted ? dead.signal.reason : error, proxy || undefined)
    } finally {
      clearTimeout(timer)
    }
  }
  try {
    return await work({ ask, signal, pauseMs })
  } finally {
    await dispatcher.destroy()
  }
}
