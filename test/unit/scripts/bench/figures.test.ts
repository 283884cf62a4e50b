import { describe, expect, it } from 'vitest'
import { figureTable, median, ratio } from '../../../../scripts/bench/figures.ts'

describe('figures of the bench', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
    [[], undefined],
  ])('have %j in their middle', (values, middle) => {
    expect(median(values)).toBe(middle)
  })

  it('are compared round by round, as far as both were measured', () => {
    const figures = new Map([
      ['up', [5, 20, 30]],
      ['raw', [10, 20]],
      ['slowest', [0, 20]],
    ])
    expect(ratio(figures, ['up'], ['raw', 'slowest'])).toBe(0.5)
    expect(ratio(figures, ['up'], ['sequential'])).toBeUndefined()
  })

  it('are a table of Markdown, of what was measured alone', () => {
    const lines = figureTable(
      new Map([
        ['raw', [30, 32.25, 31]],
        ['up-processes', [180]],
      ]),
    ).split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[2]).toMatch(
      /^\| {2}`kind create cluster --wait`, the same nodes +\| {2}31\.0 s +\| {2}30\.0 to 32\.3 +\| {2}3 +\|$/,
    )
    expect(lines[3]).toContain('180 processes')
  })
})
