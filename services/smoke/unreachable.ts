import { systemCode } from '../../core/errors.ts'
import type { Port } from '../../core/step.ts'
import type { Where } from './where.ts'

/** Who is at fault for a request that got no answer. `timeoutMs` is set when its time was over. */
export const connectFault = (
  error: unknown,
  where: Where,
  ports: readonly Port[],
  timeoutMs: number | undefined,
): string => {
  const code = codeOf(error)
  const at = `${where.address ?? where.hostname}:${where.port}`
  if (timeoutMs !== undefined && (code === 'ABORT_ERR' || code === undefined))
    return where.through === 'network'
      ? `${at} did not answer within ${seconds(timeoutMs)}.`
      : `The application is at fault: something at ${at} takes the request and did not answer within ${seconds(timeoutMs)}.`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The name is at fault: ${where.hostname} does not resolve (${code}).`
  if (code === 'ECONNREFUSED') return `The port is at fault: nothing listens at ${at}${mapped(where, ports)}.`
  if (code === 'ECONNRESET' || code === 'EPIPE' || /socket hang up/.test(String(error)))
    return where.through === 'ingress'
      ? `The Ingress is at fault: ${at} leads into the cluster, but no ingress controller listens there yet.`
      : `The Service is at fault: ${at} leads into the cluster, but nothing listens behind it.`
  if (/^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code ?? ''))
    return `The certificate is at fault: what ${at} answers with for ${where.hostname} is not trusted (${code}).`
  return `${at} cannot be reached: ${error instanceof Error ? error.message : String(error)}.`
}

const mapped = ({ port, through }: Where, ports: readonly Port[]): string => {
  if (through === 'network') return ''
  return ports.some(({ hostPort }) => hostPort === port)
    ? ', although the cluster maps it: are its nodes running'
    : ', and no node of the cluster maps that port'
}

const codeOf = (error: unknown): string | undefined => {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return systemCode(error) || undefined
}

export const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`
