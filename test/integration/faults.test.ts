import { describe, expect, it } from 'vitest'
import { leftAfter, nothing, type FaultCase } from '../faults/cases.ts'
import { shop } from './shop.ts'

// A few ways; `npm run test:faults` has every step, moment and fault.
const some: readonly FaultCase[] = [
  { step: 'image/web', moment: 'before', fault: 'SIGKILL', next: 'down' },
  { step: 'service/web@dev', moment: 'middle', fault: 'SIGTERM', next: 'up' },
  { step: 'hosts', moment: 'after', fault: 'SIGINT', next: 'up' },
]

describe('a run that is broken off', () => {
  it.each(some)('at $step, $moment, by $fault, then $next', async (one) => {
    expect(await leftAfter(one, shop)).toEqual(nothing)
  })

  it('is told where by a text that can be read', async () => {
    await using at = await shop()
    const { code, stderr } = await at.kindup(['up'], { KINDUP_FAULT: 'hosts:sometimes' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('A moment is before, middle, after')])
  })
})
