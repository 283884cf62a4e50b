import { describe, expect, it } from 'vitest'
import type { Problem } from '../../../../core/problem.ts'
import { withAwaited } from '../../../../manifests/problems/awaited.ts'

const unrendered = (id: string, chart: string): Problem => ({
  severity: 'warning',
  message: `What ${id} is made of is not known before \`up\`: the chart ${chart} has not been fetched yet.`,
  at: { file: 'kindup.yaml', line: 3 },
  step: id,
  untilUp: true,
  cause: `what they are made of is not known before \`up\`: the chart ${chart} has not been fetched yet.`,
})
const unserved = (kind: string, line: number): Problem => ({
  severity: 'warning',
  message: `Nothing in the plan serves ${kind}.`,
  at: { file: 'issuer.yaml', line },
  step: 'service/issuer',
  root: `unserved cert-manager.io/v1 ${kind}`,
  awaits: { apiVersion: 'cert-manager.io/v1', kind },
})
const lacking = [unserved('ClusterIssuer', 1), unserved('Certificate', 6)]

describe('kinds that a chart may bring which is not here yet', () => {
  it('are said with the chart, in one line', () => {
    const root = unrendered('addon/cert-manager', 'cert-manager')
    const told = withAwaited(
      [
        ['addon/cert-manager', [root]],
        ['service/issuer', lacking],
      ],
      () => ['addon/cert-manager'],
    )
    expect(told).toEqual([
      [
        'addon/cert-manager',
        [
          expect.objectContaining({
            message: `${root.message} It may bring ClusterIssuer and Certificate of cert-manager.io/v1, which nothing else in the plan serves.`,
            hint: expect.stringContaining(
              'skip: ["ClusterIssuer.cert-manager.io", "Certificate.cert-manager.io"]',
            ) as string,
            also: {
              steps: ['service/issuer'],
              places: [
                { file: 'issuer.yaml', line: 1 },
                { file: 'issuer.yaml', line: 6 },
              ],
            },
          }),
        ],
      ],
      ['service/issuer', []],
    ])
  })

  it('are said with the one that is named after them, where there are several', () => {
    const [redis, manager] = withAwaited(
      [
        ['addon/redis', [unrendered('addon/redis', 'redis')]],
        ['addon/cert-manager', [unrendered('addon/cert-manager', 'cert-manager')]],
        ['service/issuer', lacking],
      ],
      () => ['addon/redis', 'addon/cert-manager'],
    )
    expect(redis?.[1][0]).toEqual(unrendered('addon/redis', 'redis'))
    expect(manager?.[1][0]?.message).toContain('nothing else in the plan serves, or addon/redis may.')
  })

  it('are said by themselves where nothing may bring them', () => {
    const told: Parameters<typeof withAwaited>[0] = [['service/issuer', lacking]]
    expect(withAwaited(told, () => [])).toEqual(told)
  })
})
