import { EnvironmentError, messageOf, systemCode } from '../../core/errors.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import { parseJson } from '../../core/whole-number.ts'
import { ApiRefusal, type Cause } from './api-refusal.ts'

/** Errors of a connection that another try may not meet. */
const passing = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
])

/** Whether a connection that failed like this may work in a moment. */
export const mayPass = (error: unknown): boolean => passing.has(systemCode(error))

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve now',
}

/** A certificate that ran out or is of another cluster: no other try meets another one. */
const isTls = (code: string): boolean => /CERT|TLS|SSL|SELF_SIGNED|VERIFY|ALTNAME/.test(code)

/** No answer came: refused, cut, timed out, or not the server that the kubeconfig knows. */
export const unreachable = (server: URL, error: unknown): EnvironmentError => {
  const code = systemCode(error)
  const tls = isTls(code)
  return new EnvironmentError(
    'api-unreachable',
    `The Kubernetes API at ${server.origin} cannot be reached: ${words[code] ?? messageOf(error)}.`,
    {
      cause: error,
      hints: tls
        ? ['Its certificate is not the one that the kubeconfig knows: was the cluster made again by something else?']
        : ['Is the cluster running? `kindup status` tells.'],
    },
  )
}

/** Whether a server that could not be reached may be reached later. */
export const mayComeBack = (error: unknown): boolean =>
  error instanceof EnvironmentError && error.code === 'api-unreachable' && !isTls(systemCode(error.cause))

/** Whether the server has forgotten where a watch or a long list stood. */
export const isForgotten = (error: unknown): boolean => error instanceof EnvironmentError && error.code === 'api-gone'

/** The server answered, and the answer is no. `doing` completes "refused to": `apply Deployment dev/web`. */
export const refusal = (status: number, body: string, doing: string): EnvironmentError => {
  const { said, causes } = answered(body)
  const detail = said === '' ? `it answered ${status}` : said
  if (status === 409) return new EnvironmentError('api-conflict', `The API could not ${doing}: ${detail}`)
  if (status === 410) return new EnvironmentError('api-gone', `The API could not ${doing}: ${detail}`)
  if (status === 401)
    return new EnvironmentError('api-refused', `The API refused to ${doing}: it does not know this user (${detail})`, {
      hints: ['Was the cluster made again? The certificate or token of the context is of another one, or ran out.'],
    })
  if (status === 429 || status >= 502 || isStoreAway(said))
    return new EnvironmentError('api-unreachable', `The API is not able to ${doing} now: ${detail}`)
  return new ApiRefusal(`The API refused to ${doing}: ${detail}`, { status, said, causes })
}

/** Whether a server says that its own store is away for the moment. */
export const isStoreAway = (said: string): boolean => /etcdserver: (?:leader changed|request timed out)/.test(said)

const answered = (body: string): { readonly said: string; readonly causes: readonly Cause[] } => {
  try {
    const status = parseJson(body)
    const causes = mapsAt(status, 'details', 'causes').map((cause) => ({
      field: textAt(cause, 'field') ?? '',
      message: textAt(cause, 'message') ?? '',
    }))
    return { said: textAt(status, 'message') ?? '', causes }
  } catch {
    return { said: body.trim().slice(0, 300), causes: [] }
  }
}
