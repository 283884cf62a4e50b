import { describe, expect, it } from 'vitest'
import { faultCases, leftAfter, nothing } from '../faults/cases.ts'
import { shop } from './shop.ts'

// Every signal, moment and command after it at some step; `npm run test:faults` has all of them.
const some = faultCases.filter((_, index) => index % 43 === 7)

describe('a run that is broken off', () => {
  it('has a few ways here, and all of them in npm run test:faults', () => {
    expect(some.length).toBeGreaterThanOrEqual(3)
  })

  it.each(some)('at $fault, then $next', async (one) => {
    expect(await leftAfter(one)).toEqual(nothing)
  })

  it('is told where by a text that can be read', async () => {
    await using at = await shop()
    const { code, stderr } = await at.kindup(['up'], { KINDUP_FAULT: 'hosts:sometimes' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('A moment is before, middle, after')])
  })
})
