import { expect, it } from 'vitest'
import { applicationRef } from '../../../gitops/argocd/application.ts'
import { goOn } from '../../../gitops/argocd/remove.ts'
import { kubeOf } from '../../support/kube-of.ts'

const ref = applicationRef({ home: 'argocd', name: 'web' })
const patchesOf = async (live: object): Promise<readonly unknown[]> => {
  const patches: unknown[] = []
  const application = { ...ref, metadata: { name: 'web', namespace: 'argocd' }, ...live }
  const kube = kubeOf({
    get: () => Promise.resolve(application),
    mergePatch: (_ref, patch) => {
      patches.push(patch)
      return Promise.resolve(application)
    },
  })
  await goOn(kube, ref)
  return patches
}
const saying = (message: string) => ({ status: { conditions: [{ type: 'InvalidSpecError', message }] } })

it.each([
  'Application referencing project apps which does not exist',
  'Failed to load application project: error getting app project "apps": appproject.argoproj.io "apps" not found',
])('gives an Application whose project is not there one that is, so that Argo CD deletes it: %s', async (message) => {
  expect(await patchesOf(saying(message))).toEqual([{ spec: { project: 'default' } }])
})

it('leaves every other Application as it is', async () => {
  expect(await patchesOf({})).toEqual([])
  expect(await patchesOf(saying('app path does not exist'))).toEqual([])
})
