import process from 'node:process'
import { afterAll, describe, expect, it } from 'vitest'
import { eventNames, faultCases, leftAfter, nothing } from './cases.ts'
import { tableOf, type FaultResult } from './table.ts'

// Whether a process has stopped is read where Linux says it.
const cases =
  process.platform === 'linux' ? faultCases : faultCases.filter(({ fault }) => !eventNames.some((one) => one === fault))
if (cases.length < faultCases.length)
  console.warn(`SKIPPED: ${eventNames.join(', ')}: a run is stopped for them, which only Linux tells.`)

describe('a run that is broken off, on a machine of stand-ins', () => {
  const results: FaultResult[] = []
  afterAll(() => console.info(`up, or down, after a run that was broken off:\n${tableOf(results)}`))

  it.for(cases)('at $step, $moment, by $fault, then $next', async (one) => {
    let isGreen = false
    try {
      expect(await leftAfter(one)).toEqual(nothing)
      isGreen = true
    } finally {
      results.push({ ...one, isGreen })
    }
  })
})
