import { expect, it } from 'vitest'
import { editMutatedKubeconfigs } from '../../../mutations/edit-kubeconfigs.ts'

it('keeps every byte of others in kubeconfigs that were changed at random, or refuses them with their file', () => {
  // More of them, from any seed: npm run test:mutations -- 10000
  const failures = [...editMutatedKubeconfigs(60, 1), ...editMutatedKubeconfigs(1, 73_000_407)]
  expect(failures.map(({ seed, what, error }) => `seed ${seed}: ${what}: ${String(error)}`)).toEqual([])
})
