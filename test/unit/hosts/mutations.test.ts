import { expect, it } from 'vitest'
import { editMutatedHosts } from '../../mutations/edit-hosts.ts'

it('keeps every byte of others in hosts files that were changed at random', () => {
  // More of them, from any seed: npm run test:mutations -- 10000
  expect(editMutatedHosts(300, 1).map(({ seed, what, error }) => `seed ${seed}: ${what}: ${String(error)}`)).toEqual([])
})
