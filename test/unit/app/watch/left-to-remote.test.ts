import { expect, it } from 'vitest'
import { savedAlone, saysOfRemotes } from '../../../../app/watch/left-to-remote.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { step } from '../../../support/steps.ts'

const delivery = { tool: 'flux', home: 'flux-system', name: 'web', repository: 'x', port: 1 } as const
const remote = {
  url: 'https://git.test/shop',
  at: { branch: 'main' },
  path: 'k',
  of: { kind: 'kustomization' },
} as const
const environment = {
  deployables: [
    madeDeployable('service/web', { delivery: { ...delivery, remote } }),
    madeDeployable('service/here', { delivery }),
  ],
  steps: [
    step('service/web', {
      inputs: { hash: '', files: [{ path: '/shop/k' }, { path: '/shop/.git/refs/remotes/origin/main' }] },
    }),
    step('service/here', { inputs: { hash: '', files: [{ path: '/shop/here' }] } }),
  ],
}

it('tells a watch what a save of a service that is left to its git remote does not do', () => {
  expect(saysOfRemotes(environment)).toBe(
    'service/web is what https://git.test/shop holds: what is saved counts there once it is pushed.',
  )
  expect(savedAlone(environment, ['/shop/k/a.yaml', '/shop/here/b.yaml'])).toBe(
    'That is saved here alone: service/web will have it once it is committed and pushed.',
  )
  // A push, and what another service is made of.
  expect(savedAlone(environment, ['/shop/.git/refs/remotes/origin/main', '/shop/here/b.yaml'])).toBeUndefined()
  expect(saysOfRemotes({ ...environment, steps: environment.steps.slice(1) })).toBeUndefined()
})
