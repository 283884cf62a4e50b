import { expect, it } from 'vitest'
import { chromeTrace, criticalPath } from '../../../core/timeline.ts'
import type { Outcome, StepTimes } from '../../../core/walk.ts'

type Ran = { readonly id: string; readonly seconds: number; readonly failed?: true } & Partial<StepTimes>

const outcome = (...ran: readonly Ran[]): Outcome => ({
  done: ran
    .filter(({ failed }) => !failed)
    .map(({ id, seconds, started }) => ({ id, seconds, result: started === undefined ? 'unchanged' : 'created' })),
  failed: ran.filter(({ failed }) => failed).map(({ id, seconds }) => ({ id, seconds, error: new Error('no') })),
  notStarted: [],
  times: new Map(
    ran.flatMap(({ id, seconds: _seconds, failed: _failed, started, ...times }) =>
      started === undefined ? [] : [[id, { started, ...times }]],
    ),
  ),
})

it('follows what the last step waited for back to the beginning', () => {
  expect(
    criticalPath(
      outcome(
        { id: 'cluster/api', started: 0, seconds: 20 },
        { id: 'image/web', started: 0, seconds: 12 },
        { id: 'addon/argocd', started: 20, seconds: 9, waitedFor: 'cluster/api' },
        { id: 'service/web', started: 20, seconds: 30, waitedFor: 'cluster/api' },
        { id: 'hosts', started: 50, seconds: 0.1, waitedFor: 'service/web' },
      ),
    ),
  ).toEqual([
    { id: 'cluster/api', seconds: 20 },
    { id: 'service/web', seconds: 30 },
    { id: 'hosts', seconds: 0.1 },
  ])
})

it('ends the way back at what was there before, or was done ahead', () => {
  const there: Ran = { id: 'cluster/api', seconds: 0 }
  const ahead: Ran = { id: 'image/web', started: 25, seconds: 3, waitedFor: 'image/web', prepared: 25 }
  expect(criticalPath(outcome(there, ahead))).toEqual([
    { id: 'image/web', seconds: 25, ahead: true },
    { id: 'image/web', seconds: 3 },
  ])
  expect(criticalPath(outcome(there, { id: 'hosts', started: 0, seconds: 1, waitedFor: 'cluster/api' }))).toEqual([
    { id: 'hosts', seconds: 1 },
  ])
  expect(criticalPath(outcome(there))).toEqual([])
})

it('gives each step a row of the trace, in microseconds after the command began, those that failed too', () => {
  const trace = chromeTrace(
    outcome(
      { id: 'service/web', started: 2, seconds: 1, waitedFor: 'cluster/api', prepared: 0.5 },
      { id: 'cluster/api', started: 0, seconds: 2 },
      { id: 'crds', seconds: 0 },
      { id: 'addon/argocd', started: 2, seconds: 4, failed: true },
    ),
    0.25,
  ) as { traceEvents: { name: string; ph: string; tid: number; ts?: number; dur?: number; args: object }[] }
  const spans = trace.traceEvents.filter(({ ph }) => ph === 'X')
  expect(spans.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
    ['plan', 0, 250_000],
    ['cluster/api', 250_000, 2_000_000],
    ['service/web (ahead)', 250_000, 500_000],
    ['service/web', 2_250_000, 1_000_000],
    ['addon/argocd', 2_250_000, 4_000_000],
  ])
  expect(spans.find(({ name }) => name === 'service/web')?.args).toEqual({
    waitedFor: 'cluster/api',
    result: 'created',
  })
  expect(spans.find(({ name }) => name === 'addon/argocd')?.args).toEqual({ result: 'failed' })
  const rows = trace.traceEvents.filter(({ name }) => name === 'thread_name')
  expect(new Set(rows.map(({ tid }) => tid)).size).toBe(rows.length)
})
