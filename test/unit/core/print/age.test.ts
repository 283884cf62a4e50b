import { expect, it } from 'vitest'
import { ageText } from '../../../../core/print/age.ts'

it.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [2 * 3_600_000 + 5 * 60_000, '2 h 5 min'],
  [30 * 3_600_000, '1 d 6 h'],
  [48 * 3_600_000 + 59 * 60_000, '2 d'],
])('%i ms are %s', (ms, text) => {
  expect(ageText(ms)).toBe(text)
})
