import { stopReason } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'

/** Whoever deploys waits out its whole time for what cannot heal: the watch beside it ends that. */
export const watched = async (
  watch: (signal: AbortSignal) => Promise<void>,
  work: (signal: AbortSignal) => Promise<void>,
  ctx: Context,
): Promise<void> => {
  const stop = new AbortController()
  const signal = AbortSignal.any([ctx.signal, stop.signal])
  const worked = work(signal)
  const failed = watch(signal).then(
    () => undefined,
    (error: unknown) => {
      if (!signal.aborted) stop.abort(error)
    },
  )
  try {
    await worked
  } catch (error) {
    if (ctx.signal.aborted) throw stopReason(ctx.signal)
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    stop.abort()
    await failed
  }
}
