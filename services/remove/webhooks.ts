import { setTimeout as pause } from 'node:timers/promises'
import { EnvironmentError, stopReason } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'

/** A webhook is served some seconds after its pod is ready: endpoints, certificates and the API server's caches come one after the other. */
const patienceMs = 30_000

/**
 * Does the work, and again while the API cannot reach a webhook that has to be asked. What a webhook denies is final.
 * `work` has to be one that may be done twice.
 */
export const untilWebhooksAnswer = async <T>(
  work: () => Promise<T>,
  ctx: Context,
  patience: number = patienceMs,
): Promise<T> => {
  const begun = performance.now()
  for (let tries = 0; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      const away = awayWebhook(error)
      if (away === undefined || !(error instanceof EnvironmentError)) throw error
      const waited = performance.now() - begun
      const wait = Math.min(250 * 2 ** tries, 2_000)
      if (waited + wait > Math.min(patience, ctx.timeoutMs)) throw stillAway(error, away, waited)
      ctx.report(`waiting for the webhook ${away.name}: ${away.why}`)
      await pause(wait, undefined, { signal: ctx.signal }).catch(() => undefined)
      if (ctx.signal.aborted) throw stopReason(ctx.signal)
    }
  }
}

type Away = { readonly name: string; readonly why: string }

/** Which webhook could not be asked, and why, where the refusal comes from that. */
export const awayWebhook = (error: unknown): Away | undefined => {
  if (!(error instanceof EnvironmentError) || !['api-refused', 'api-unreachable', 'helm-failed'].includes(error.code))
    return undefined
  const { message } = error
  if (/denied the request/.test(message)) return undefined
  const admission = /failed calling webhook \\?"([^"\\]+)\\?": (.*)/.exec(message)
  const conversion = /conversion webhook for ([^:]+?) failed: (.*)/.exec(message)
  const [, name, why] = admission ?? conversion ?? []
  return name === undefined || why === undefined ? undefined : { name, why: shortened(why) }
}

/** `failed to call webhook: Post "https://…": dial tcp 10.96.0.7:443: connect: connection refused` → `connection refused` */
const shortened = (why: string): string => {
  const after = why.replace(/^failed to call webhook: /, '').replace(/^Post \\?"[^"]*": /, '')
  const known =
    /connection refused|no endpoints available for service \\?"[^"\\]+\\?"|x509: [^:]*(?:: [^:]*unknown authority)?|context deadline exceeded|i\/o timeout|service \\?"[^"\\]+\\?" not found/.exec(
      after,
    )
  return (known?.[0] ?? after).replaceAll('\\', '').slice(0, 200)
}

const stillAway = (error: EnvironmentError, { name, why }: Away, ms: number): EnvironmentError =>
  new EnvironmentError('webhook-away', `${error.message} (tried again for ${Math.round(ms / 1000)} s)`, {
    hints: [
      `The webhook ${name} has to answer first (${why}): see whether what serves it runs.`,
      'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations   # one that nothing serves any more may be deleted',
      ...error.hints,
    ],
    problems: error.problems,
    cause: error,
  })
