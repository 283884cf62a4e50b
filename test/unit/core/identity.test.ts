import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { fits, idOf, readId, type Identity } from '../../../core/identity.ts'

it('prints ids as people know them', () => {
  expect(
    [
      { kind: 'hosts' },
      { kind: 'addon', name: 'argocd' },
      { kind: 'mirror', name: 'registry.test:5000' },
      { kind: 'service', name: 'web' },
      { kind: 'service', name: 'web', environment: 'dev' },
    ].map(idOf),
  ).toEqual(['hosts', 'addon/argocd', 'mirror/registry.test:5000', 'service/web', 'service/web@dev'])
})

it('reads what it prints', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9.:-]{0,20}$/)
  const service = fc.record(
    { kind: fc.constant('service'), name, environment: name },
    { requiredKeys: ['kind', 'name'] },
  )
  const other = fc.record({ kind: fc.constantFrom('addon', 'image', 'hosts'), name }, { requiredKeys: ['kind'] })
  // Such records have no prototype.
  fc.assert(
    fc.property(fc.oneof(service, other), (of) => {
      expect(readId(idOf(of))).toEqual({ ...of })
    }),
  )
})

it('takes patterns as people write them, a service without its environment for all of them', () => {
  const steps: readonly Identity[] = [
    { kind: 'addon', name: 'argocd' },
    { kind: 'service', name: 'web', environment: 'dev' },
    { kind: 'service', name: 'web', environment: 'prod' },
    { kind: 'service', name: 'webhook', environment: 'dev' },
  ]
  const meant = (pattern: string): readonly string[] => steps.flatMap((of) => (fits(pattern)({ of }) ? [idOf(of)] : []))
  expect(meant('addon/*')).toEqual(['addon/argocd'])
  expect(meant('service/web')).toEqual(['service/web@dev', 'service/web@prod'])
  expect(meant('service/*@dev')).toEqual(['service/web@dev', 'service/webhook@dev'])
  expect(meant('service/w.b')).toEqual([])
})
