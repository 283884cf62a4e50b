import { setTimeout as pause } from 'node:timers/promises'
import { EnvironmentError, stopReason } from '../../core/errors.ts'

const everyMs = 300

/** Tries again while another run has the cluster, and says so once. Throws `busy` after the time. */
export const patiently = async <T>(
  take: () => Promise<T>,
  { signal, timeoutMs, say }: { readonly signal: AbortSignal; readonly timeoutMs: number; say(text: string): void },
): Promise<T> => {
  const end = performance.now() + timeoutMs
  for (let tries = 0; ; tries++) {
    try {
      return await take()
    } catch (error) {
      const isBusy = error instanceof EnvironmentError && error.code === 'busy'
      if (!isBusy || performance.now() > end) throw error
      if (tries === 0) say(`Waiting: ${error.message}`)
      await pause(everyMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) throw stopReason(signal)
    }
  }
}
