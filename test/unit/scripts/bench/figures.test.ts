import { describe, expect, it } from 'vitest'
import { figureTable, overDirect, percentile, ratio } from '../../../../scripts/bench/figures.ts'

describe('figures of the bench', () => {
  it('are compared round by round, as far as both were measured', () => {
    const figures = new Map([
      ['up', [5, 20, 30]],
      ['raw', [10, 20]],
      ['slowest', [0, 20]],
    ])
    expect(ratio(figures, ['up'], ['raw', 'slowest'])).toBe(0.5)
    expect(ratio(figures, ['up'], ['sequential'])).toBeUndefined()
  })

  it('are told beyond another, by the rounds that measured both', () => {
    const figures = new Map([
      ['flux', [5, 9, 30]],
      ['direct', [4, 7]],
    ])
    expect(overDirect(figures, 'flux')).toBe(1.5)
    expect(overDirect(figures, 'flux', 'argocd')).toBeUndefined()
  })

  it('are told by what so many of 100 are not above', () => {
    const values = Array.from({ length: 40 }, (_, index) => 40 - index)
    expect(percentile(values, 95)).toBe(38)
    expect(percentile([3], 95)).toBe(3)
    expect(percentile([], 95)).toBeUndefined()
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
