import { Chalk } from 'chalk'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makePlan } from '../../../../core/plan.ts'
import { plainProgress } from '../../../../core/print/plain-progress.ts'
import type { Terminal } from '../../../../core/print/terminal.ts'
import { step } from '../../../support/steps.ts'

const colour = new Chalk({ level: 0 })
const listening = () => {
  const lines: string[] = []
  const terminal: Terminal = {
    out: () => expect.unreachable('progress is no result'),
    json: () => expect.unreachable('progress is no result'),
    err: (text) => void lines.push(text),
    colour,
    outColour: colour,
    interactive: false,
    live: false,
    ci: true,
    width: 80,
    outColumns: Infinity,
  }
  return { lines, listener: plainProgress(makePlan([step('addon/x')], new Map()), terminal) }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

it('says when a step begins and how it ended', () => {
  const { lines, listener } = listening()
  listener.started?.('addon/x')
  listener.ended?.('addon/x', { id: 'addon/x', result: 'created', seconds: 1.25 })
  listener.ended?.('addon/x', { id: 'addon/x', error: new Error('No image.\nMore of it.'), seconds: 2 })
  listener.ended?.('addon/x', 'not-started')
  expect(lines).toEqual([
    '… addon/x  the addon/x',
    '✓ addon/x  the addon/x (created, 1.3 s)',
    '✗ addon/x  the addon/x: No image. (2.0 s)',
    '- addon/x  the addon/x (not started)',
  ])
})

it('says what a long step waits for, now and then', () => {
  const { lines, listener } = listening()
  listener.reported?.('addon/x', 'preparing')
  listener.started?.('addon/x')
  listener.reported?.('addon/x', '0/1 ready')
  vi.advanceTimersByTime(16_000)
  listener.reported?.('addon/x', 'pulling image')
  listener.reported?.('addon/x', 'still pulling')
  expect(lines.slice(1)).toEqual(['  addon/x: 0/1 ready'])
  vi.advanceTimersByTime(16_000)
  expect(lines.slice(1)).toEqual(['  addon/x: 0/1 ready', '  addon/x: still pulling'])
})

it('says in time what was reported early and stays', () => {
  const { lines, listener } = listening()
  listener.started?.('addon/x')
  listener.reported?.('addon/x', 'pulling image')
  listener.reported?.('addon/x', 'image x could not be pulled yet')
  vi.advanceTimersByTime(14_000)
  expect(lines).toHaveLength(1)
  vi.advanceTimersByTime(60_000)
  expect(lines.slice(1)).toEqual(['  addon/x: image x could not be pulled yet'])
})

it('says nothing more of a step that has ended', () => {
  const { lines, listener } = listening()
  listener.started?.('addon/x')
  listener.reported?.('addon/x', '0/1 ready')
  listener.ended?.('addon/x', { id: 'addon/x', result: 'created', seconds: 1 })
  vi.advanceTimersByTime(60_000)
  expect(lines).toHaveLength(2)
})
