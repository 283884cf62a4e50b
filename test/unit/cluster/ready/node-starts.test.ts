import { describe, expect, it } from 'vitest'
import { startsOf } from '../../../../cluster/ready/node-starts.ts'
import { nodeContainer } from '../../../support/stand-in-engine.ts'

describe('since when nodes run', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')

  it('is what the engine says; what is stopped or gone does not run', () => {
    const containers = [
      nodeContainer('demo', 'control-plane', { startedAt: now - 60_000 }),
      nodeContainer('demo', 'worker', { running: false }),
    ]
    expect([...startsOf(['demo-control-plane', 'demo-worker', 'demo-worker2'], containers, now)]).toEqual([
      ['demo-control-plane', now - 60_000],
      ['demo-worker', Infinity],
      ['demo-worker2', Infinity],
    ])
  })

  it('is not known where the engine does not tell, or its clock was set back since', () => {
    const ahead = nodeContainer('demo', 'worker', { startedAt: now + 3_600_000 })
    expect(
      startsOf(['demo-control-plane', 'demo-worker'], [nodeContainer('demo', 'control-plane'), ahead], now).size,
    ).toBe(0)
  })
})
