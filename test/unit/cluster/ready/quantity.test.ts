import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantity } from '../../../../cluster/ready/quantity.ts'

describe('a quantity', () => {
  it.each([
    ['250m', 0.25],
    ['2', 2],
    [2, 2],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['100M', 1e8],
    ['1e3', 1000],
    ['.5', 0.5],
    ['12E', 12e18],
  ])('of %s is %d', (text, value) => {
    expect(quantity(text)).toBeCloseTo(value, 6)
  })

  it.each(['', 'x', '1 Gi', '1Gib', 'Gi', undefined])('is none in %s', (text) => {
    expect(quantity(text)).toBeUndefined()
  })

  it('reads what it counts', () => {
    fc.assert(
      fc.property(fc.nat(), (count) => {
        expect(quantity(`${count}Ki`)).toBe(count * 1024)
      }),
    )
  })
})
