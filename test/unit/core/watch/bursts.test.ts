import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeBursts, type Burst } from '../../../../core/watch/bursts.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const listening = () => {
  const told: Burst[] = []
  return { told, bursts: makeBursts((burst) => told.push(burst), { quietMs: 50, mostMs: 200 }) }
}

it('tells what comes together in one go, each path once, with the time of the first', () => {
  const { told, bursts } = listening()
  vi.advanceTimersByTime(1_000)
  bursts.add('/a')
  vi.advanceTimersByTime(40)
  bursts.add('/b')
  bursts.add('/a')
  vi.advanceTimersByTime(49)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  expect(told).toEqual([{ paths: ['/a', '/b'], since: expect.any(Number) }])
  expect(performance.now() - (told[0]?.since ?? 0)).toBe(90)
})

it('does not wait for ever for what writes all the time', () => {
  const { told, bursts } = listening()
  for (let ms = 0; ms < 400; ms += 20) {
    bursts.add(`/${ms}`)
    vi.advanceTimersByTime(20)
  }
  expect(told.map(({ paths }) => paths.length)).toEqual([10, 10])
})

it('tells nothing once it is stopped', () => {
  const { told, bursts } = listening()
  bursts.add('/a')
  bursts.stop()
  vi.advanceTimersByTime(500)
  expect(told).toEqual([])
})
