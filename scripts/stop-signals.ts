import process from 'node:process'
import { StoppedError } from '../core/errors.ts'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Ctrl-C and SIGTERM abort once and let the run clean up; a second one calls `atOnce` and ends the process as it would
 * any other. The listener stays until all have heard of the signal: what draws the rows of a terminal ends the process
 * at once when it finds that nobody else listens (signal-exit), and one that is taken off before it is called counts as nobody.
 */
export const stopSignals = (
  atOnce: () => void = () => undefined,
): { readonly signal: AbortSignal; readonly release: () => void } => {
  const controller = new AbortController()
  const release = (): void => names.forEach((name) => process.off(name, stop))
  function stop(name: NodeJS.Signals): void {
    if (!controller.signal.aborted) return controller.abort(new StoppedError())
    atOnce()
    setImmediate(() => {
      release()
      process.kill(process.pid, name)
    })
  }
  for (const name of names) process.on(name, stop)
  return { signal: controller.signal, release }
}
