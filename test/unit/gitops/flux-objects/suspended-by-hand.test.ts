import { expect, it } from 'vitest'
import { isSuspendedByHand } from '../../../../gitops/flux-objects/suspended-by-hand.ts'

const suspended = (suspend: boolean, ...writers: readonly (readonly [string, string])[]) => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: {
    name: 'apps',
    managedFields: writers.map(([manager, operation]) => ({
      manager,
      operation,
      fieldsV1: { 'f:spec': { 'f:suspend': {} } },
    })),
  },
  spec: { suspend },
})

it.each([
  ['flux suspend', suspended(true, ['flux', 'Update']), true],
  ['kubectl patch', suspended(true, ['kubectl-patch', 'Update']), true],
  ['a pause of kindup that was broken off', suspended(true, ['kindup', 'Update']), true],
  ['kubectl apply --server-side', suspended(true, ['kubectl', 'Apply']), true],
  ['a file that Flux applied', suspended(true, ['kustomize-controller', 'Apply']), false],
  ['a file that kindup applied', suspended(true, ['kindup', 'Apply']), false],
  ['a file, and flux suspend beside it', suspended(true, ['flux', 'Update'], ['kindup', 'Apply']), false],
  ['nobody', suspended(false, ['flux', 'Update']), false],
] as const)('tells what suspended it: %s', (_what, object, isByHand) => {
  expect(isSuspendedByHand(object)).toBe(isByHand)
})
