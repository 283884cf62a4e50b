import { expect, it } from 'vitest'
import { median } from '../../../core/median.ts'

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[10, 9], 9.5],
  [[7], 7],
  [[], undefined],
])('the median of %j is %j', (values, middle) => {
  expect(median(values)).toBe(middle)
})
