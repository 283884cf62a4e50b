import { setInterval as timer } from 'node:timers'
import type { KubeObject } from '../kube/kube.ts'

export type Source = (signal: AbortSignal) => AsyncIterable<readonly KubeObject[]>

/**
 * The newest objects of all sources together: once each has told, then after each change, and every `tickMs` for what
 * only time decides. Ends when `signal` aborts; throws what a source throws. Sources are ended with it.
 */
export async function* merged(
  sources: readonly Source[],
  tickMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly KubeObject[]> {
  const stop = new AbortController()
  const until = AbortSignal.any([signal, stop.signal])
  const newest = new Map<Source, readonly KubeObject[]>()
  let failure: { readonly error: unknown } | undefined
  let wake = Promise.withResolvers<void>()
  const follow = async (source: Source): Promise<void> => {
    try {
      for await (const objects of source(until)) {
        newest.set(source, objects)
        wake.resolve()
      }
    } catch (error) {
      failure ??= { error }
      wake.resolve()
    }
  }
  const followed = Promise.all(sources.map(follow))
  const tick = timer(() => wake.resolve(), tickMs)
  until.addEventListener('abort', () => wake.resolve(), { once: true })
  try {
    if (sources.length === 0) yield []
    while (!until.aborted) {
      await wake.promise
      wake = Promise.withResolvers<void>()
      if (failure) throw failure.error
      if (!until.aborted && newest.size === sources.length) yield [...newest.values()].flat()
    }
  } finally {
    clearInterval(tick)
    stop.abort()
    await followed
  }
}
