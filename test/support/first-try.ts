import type { Context } from '../../core/step.ts'
import type { SmokeResult } from '../../services/smoke/smoke.ts'

/**
 * What a smoke test that never becomes right says of its first try, however long a busy machine takes for that: a short
 * limit of its own would be the cause that it names.
 */
export const firstTry = async (
  test: (ctx: Context) => Promise<SmokeResult>,
): Promise<Pick<SmokeResult, 'ok' | 'message'>> => {
  const said = Promise.withResolvers<Pick<SmokeResult, 'ok' | 'message'>>()
  const stop = new AbortController()
  const ended = test({
    signal: stop.signal,
    timeoutMs: 120_000,
    report: (text) => said.resolve({ ok: false, message: text.slice(text.indexOf(': ') + 2) }),
    warn: () => undefined,
  })
  try {
    return await Promise.race([said.promise, ended])
  } finally {
    stop.abort()
    await ended.catch(() => undefined)
  }
}
