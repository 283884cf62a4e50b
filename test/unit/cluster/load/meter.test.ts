import { describe, expect, it } from 'vitest'
import { makeMeter } from '../../../../cluster/load/meter.ts'

/** What is reported when pieces of so many bytes come at these milliseconds. */
const said = (
  pieces: readonly (readonly [at: number, bytes: number])[],
  expected: Parameters<typeof makeMeter>[1],
): readonly string[] => {
  const lines: string[] = []
  let clock = 0
  const meter = makeMeter(
    (line) => lines.push(line),
    expected,
    () => clock,
  )
  for (const [at, bytes] of pieces) {
    clock = at
    meter(bytes)
  }
  return lines
}

describe('a meter', () => {
  it('says how much of all has moved and how fast', () => {
    expect(said([[2000, 25e6]], { bytes: 166e6, atMost: false })).toEqual(['25 of 166 MB, 13 MB/s'])
    expect(said([[1000, 1.25e6]], { bytes: 4e6, atMost: false })).toEqual(['1.3 of 4.0 MB, 1.3 MB/s'])
  })

  it('speaks some times a second, however many pieces come', () => {
    const pieces = Array.from({ length: 1001 }, (_one, index) => [index, 1e5] as const)
    const lines = said(pieces, { bytes: 200e6, atMost: false })
    expect(lines).toHaveLength(4)
    expect(lines.at(-1)).toBe('100 of 200 MB, 100 MB/s')
  })

  it('says nothing of a total that nobody told, or that turned out too small', () => {
    expect(said([[1000, 30e6]], { bytes: undefined, atMost: false })).toEqual(['30 MB, 30 MB/s'])
    expect(said([[1000, 30e6]], { bytes: 29e6, atMost: false })).toEqual(['30 MB, 30 MB/s'])
  })

  it('calls the sum of several images the most that may come: layers that they share come once', () => {
    expect(said([[1000, 30e6]], { bytes: 90e6, atMost: true })).toEqual(['30 of at most 90 MB, 30 MB/s'])
  })
})
