import { expect, it } from 'vitest'
import type { Config } from '../../../config/config.ts'
import type { Plan } from '../../../core/plan.ts'
import { retiredAmong } from '../../../scripts/plan.ts'

it('says that an add-on gets no fixes any more where it is to be installed or changed, and not while it stays as it is', () => {
  const config = { addons: [{ name: 'ingress-nginx' }, { name: 'argocd' }] } as unknown as Config
  const planned = (action: string): Plan => [{ step: { id: 'addon/ingress-nginx' }, action }] as unknown as Plan
  const said = (action: string) => retiredAmong({ config }, planned(action))
  expect(said('create')).toEqual([expect.stringMatching(/retired .*`traefik: true`/)])
  expect(said('update')).toHaveLength(1)
  expect(said('none')).toEqual([])
  expect(said('remove')).toEqual([])
})
