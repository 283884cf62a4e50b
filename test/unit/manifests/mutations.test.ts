import { describe, expect, it } from 'vitest'
import { planMutatedConfigs } from '../../mutations/plan-configs.ts'
import { planMutatedObjects } from '../../mutations/plan-objects.ts'

describe('an ordinary object with one wrong value', () => {
  it('is planned or refused, and never a defect', async () => {
    // More of them, from any seed: npm run test:mutations -- 10000
    const failures = await planMutatedObjects(200, 1)
    expect(failures.map(({ seed, what, error }) => `seed ${seed}: ${what}: ${String(error)}`)).toEqual([])
  })
})

describe('an ordinary configuration with one wrong value', () => {
  it('is planned, or refused with the place of each error', async () => {
    const failures = await planMutatedConfigs(60, 1)
    expect(failures.map(({ seed, what, error }) => `seed ${seed}: ${what}: ${String(error)}`)).toEqual([])
  })
})
