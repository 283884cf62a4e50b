import { identified, idOf } from '../../core/identity.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { StepHead } from '../../core/lazy-step.ts'

const of = { kind: 'tls' } as const

export const tlsId = idOf(of)

/** What a plan shows of the step of the certificate for these hosts. */
export const tlsHead = (hosts: readonly string[], port: number | undefined, asked: unknown): StepHead => {
  const some = hosts.slice(0, 2).join(', ')
  const more = hosts.length > 2 ? ` and ${hosts.length - 2} more` : ''
  return {
    ...identified(of),
    title: `HTTPS for ${some === '' ? 'localhost' : some}${more}${port === undefined || port === 443 ? '' : ` on port ${port}`}`,
    dies: 'with-cluster',
    needs: ['cluster/api'],
    inputs: { hash: hashOf([hosts, asked]), files: [] },
  }
}
