import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Trouble } from '../../../../cluster/ready/trouble.ts'
import type { PodDetails } from '../../../../cluster/ready/pod-details.ts'
import type { Assessed } from '../../../../cluster/ready/release.ts'
import { makeSteady } from '../../../../cluster/ready/steady.ts'

const unexpected = (): never => {
  throw new Error('the stand-in was not told about this')
}
const closerThat = (said: () => string): PodDetails => ({
  events: unexpected,
  nodes: unexpected,
  silent: unexpected,
  reach: unexpected,
  log: () => Promise.resolve(said()),
  lines: () => Promise.resolve(said()),
})
const waiting = (trouble: Trouble): readonly Assessed[] => [
  {
    target: { kind: 'Deployment', name: 'web', namespace: 'dev', leaves: false },
    readiness: {
      is: 'waiting',
      line: '0/1 ready',
      pods: [{ pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', uid: 'u1' } }, trouble }],
    },
    pods: [],
  },
]
const troubleIn = ([one]: readonly Assessed[]): Trouble | undefined =>
  one?.readiness.is === 'waiting' ? one.readiness.pods[0]?.trouble : undefined

describe('a crash', () => {
  /** What is known after one crash with each of these words. */
  const after = async (...crashes: readonly (readonly [exitCode: number, words: string])[]) => {
    let words = ''
    const steady = makeSteady(closerThat(() => words))
    let last: Trouble | undefined
    for (const [restarts, [exitCode, said]] of crashes.entries()) {
      words = said
      const trouble: Trouble = { line: 'crashes', log: 'main', crash: { container: 'main', restarts, exitCode } }
      // A wait looks several times between two restarts.
      last = troubleIn(await steady(waiting(trouble)))
      last = troubleIn(await steady(waiting(trouble)))
    }
    return last
  }

  it('is given up after three restarts that end with the same words', async () => {
    const same = [1, '12:00:07 no database at 10.244.0.7:5432 (attempt 4, 0x7ffe12)'] as const
    const alike = [1, '12:00:41 no database at 10.244.0.9:5432 (attempt 9, 0xc0ff33)'] as const
    expect(await after(same, alike, same, alike)).toMatchObject({ hopelessAfterMs: 20_000 })
    expect(await after(same, alike, same)).not.toHaveProperty('hopelessAfterMs')
  })

  it('is not while each ends otherwise', async () => {
    expect(await after([1, 'one'], [1, 'one'], [1, 'one'], [1, 'two'])).not.toHaveProperty('hopelessAfterMs')
    expect(await after([1, 'one'], [1, 'one'], [1, 'one'], [2, 'one'])).not.toHaveProperty('hopelessAfterMs')
  })
})

describe('a program that runs and is not ready', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())
  const trouble: Trouble = { line: 'running', hopelessAfterMs: 60_000, still: 'main' }

  it('is given up only when its log has stood still for as long', async () => {
    let said = 'starting'
    const steady = makeSteady(closerThat(() => said))
    expect(troubleIn(await steady(waiting(trouble)))).not.toHaveProperty('hopelessAfterMs')
    vi.advanceTimersByTime(59_000)
    said = 'loading 80 %'
    expect(troubleIn(await steady(waiting(trouble)))).not.toHaveProperty('hopelessAfterMs')
    vi.advanceTimersByTime(59_000)
    expect(troubleIn(await steady(waiting(trouble)))).not.toHaveProperty('hopelessAfterMs')
    vi.advanceTimersByTime(1_000)
    expect(troubleIn(await steady(waiting(trouble)))).toMatchObject({ hopelessAfterMs: 60_000, log: 'main' })
  })
})
