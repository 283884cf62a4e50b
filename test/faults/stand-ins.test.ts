import { describe, expect, it } from 'vitest'
import { faultCases, leftAfter, nothing } from './cases.ts'

describe('a run that is broken off, on a machine of stand-ins', () => {
  it.each(faultCases)('at $fault, then $next', async (one) => {
    expect(await leftAfter(one)).toEqual(nothing)
  })
})
