import { expect, it } from 'vitest'
import { EnvironmentError } from '../../../core/errors.ts'
import { sourceRef } from '../../../gitops/flux/objects.ts'
import { detach } from '../../../gitops/flux/remove.ts'
import { kubeOf } from '../../support/kube-of.ts'
import { context } from '../../support/steps.ts'

const ref = sourceRef({ home: 'flux-system', name: 'web' })
const live = { ...ref, metadata: { name: 'web', namespace: 'flux-system' } }
const notFound = new EnvironmentError(
  'api-refused',
  'The API refused to patch OCIRepository flux-system/web: not found',
)

it('takes what goes by itself while it is let go of for gone, and nothing else', async () => {
  let asked = 0
  const goes = kubeOf({
    get: () => Promise.resolve(asked++ === 0 ? live : undefined),
    mergePatch: () => Promise.reject(notFound),
    delete: () => Promise.resolve(),
  })
  await expect(detach(goes, [ref], context())).resolves.toBeUndefined()
  const stays = kubeOf({ get: () => Promise.resolve(live), mergePatch: () => Promise.reject(notFound) })
  await expect(detach(stays, [ref], context())).rejects.toBe(notFound)
})
