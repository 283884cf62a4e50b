import { EnvironmentError, messageOf, systemCode } from '../../core/errors.ts'

/** A transfer that ended without its bytes. */
export class TransferError extends EnvironmentError {
  /** Asking again may help. */
  readonly mayHeal: boolean
  /** The server answered, and cannot serve now: of several on the way each may. */
  readonly isBusy: boolean
  /** When it wants to be asked again, in milliseconds from now. */
  readonly afterMs: number | undefined

  constructor(
    message: string,
    details: {
      mayHeal: boolean
      isBusy?: boolean
      afterMs?: number | undefined
      hints?: readonly string[]
      cause?: unknown
    },
  ) {
    super('download-failed', message, { hints: details.hints ?? [], cause: details.cause })
    this.mayHeal = details.mayHeal
    this.isBusy = details.isBusy ?? false
    this.afterMs = details.afterMs
  }
}

/** What a broken request means, in words. `url` is shown as it is; `proxy` is the one that is in the way, if there is one. */
export const transferError = (url: string, error: unknown, proxy: string | undefined): TransferError => {
  const root = deepest(error)
  const code = systemCode(root)
  const through = proxy === undefined ? '' : ` (with the proxy ${proxy} set)`
  const failed = (why: string, mayHeal: boolean, hints: readonly string[] = []) =>
    new TransferError(`${url} could not be fetched${through}: ${why}.`, { mayHeal, hints, cause: error })
  if (proxy !== undefined && /\b407\b/.test(messageOf(root)))
    return failed('the proxy wants to know who asks (407)', false, [
      'Give the proxy its login: HTTPS_PROXY=http://USER:PASSWORD@host:port',
    ])
  if (certificates.has(code))
    return failed(`its certificate is not trusted (${code})`, false, [
      'Where a proxy reads along, name its authority: NODE_EXTRA_CA_CERTS=/path/to/ca.pem kindup up',
    ])
  if (unreachable.has(code)) return failed(`this machine is offline, or cannot reach it (${code})`, healing.has(code))
  return failed(messageOf(root) || code || 'the connection broke', !(root instanceof TypeError))
}

/** A name server or a route that is slow may answer the second time; a name that does not exist will not. */
const healing = new Set(['EAI_AGAIN', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])
const unreachable = new Set([
  ...healing,
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ECONNREFUSED',
  'ENETDOWN',
  'EPERM',
  'EACCES',
])
const certificates = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** `fetch failed` says nothing; its cause does. Of several addresses that were tried, the last one's. */
const deepest = (error: unknown): unknown => {
  let at = error
  for (;;) {
    if (at instanceof AggregateError && at.errors.length > 0) at = at.errors.at(-1)
    else if (at instanceof Error && at.cause instanceof Error) at = at.cause
    else return at
  }
}
