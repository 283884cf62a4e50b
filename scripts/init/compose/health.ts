import { isRecord } from '../../../core/is-record.ts'
import { secondsOf } from './duration.ts'
import { literal } from './environment.ts'

/**
 * A health check as a readiness probe. Compose asks every 30 s unless told otherwise, which is long to wait for a service
 * that is there: here every 10 at most.
 */
export const readinessOf = (written: unknown): Readonly<Record<string, unknown>> | undefined => {
  if (!isRecord(written) || written['disable'] === true) return undefined
  const test = written['test']
  const [first, ...rest] = Array.isArray(test)
    ? test.map(String)
    : ['CMD-SHELL', ...(typeof test === 'string' ? [test] : [])]
  if (rest.length === 0 || (first !== 'CMD' && first !== 'CMD-SHELL')) return undefined
  const command = first === 'CMD' ? rest : ['/bin/sh', '-c', rest.join(' ')]
  const start = secondsOf(written['start_period'])
  const retries = Number(written['retries'] ?? 3)
  return {
    exec: { command: command.map(literal) },
    ...(start === undefined ? {} : { initialDelaySeconds: Math.min(start, 5) }),
    periodSeconds: Math.min(10, secondsOf(written['interval']) ?? 10),
    timeoutSeconds: secondsOf(written['timeout']) ?? 30,
    failureThreshold: Number.isInteger(retries) && retries > 0 ? retries : 3,
  }
}
