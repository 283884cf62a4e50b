import { describe, expect, it } from 'vitest'
import { hopelessOf } from '../../../../cluster/ready/hopeless.ts'
import type { Trouble } from '../../../../cluster/ready/trouble.ts'
import type { Pod } from '../../../../cluster/kube/models.ts'
import type { Assessed } from '../../../../cluster/ready/release.ts'
import { progressOf } from '../../../../cluster/ready/release.ts'

const pod = (name: string, status: Pod['status'] = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name },
  status,
})
const assessed = (name: string, trouble: Trouble | undefined, one: Pod = pod(name)): Assessed => ({
  target: { kind: 'Deployment', name, namespace: 'dev', leaves: false },
  readiness: trouble
    ? { is: 'waiting', line: '0/1 ready', pods: [{ pod: one, trouble }] }
    : { is: 'waiting', line: '0/1 ready', pods: [] },
  pods: [one],
})
const quiet = (here: number, elsewhere = Infinity) => ({ here, elsewhere })
const crash: Trouble = { line: 'crashes', hopelessAfterMs: 20_000, log: 'main' }

describe('hopeless', () => {
  it('is a crash only once nothing else has moved for a while', () => {
    const release = [assessed('db', undefined), assessed('web', crash)]
    expect(hopelessOf(release, quiet(19_999), undefined)).toBeUndefined()
    expect(hopelessOf(release, quiet(20_000), undefined)).toMatchObject({
      line: 'Deployment web: crashes',
      pod: { trouble: crash },
    })
  })

  it('is no crash that may wait for what another step is at work on', () => {
    const release = [assessed('web', { ...crash, heedsOthers: true })]
    expect(hopelessOf(release, quiet(60_000, 19_999), undefined)).toBeUndefined()
    expect(hopelessOf(release, quiet(60_000, 20_000), undefined)).toBeDefined()
    expect(hopelessOf([assessed('web', crash)], quiet(60_000, 0), undefined)).toBeDefined()
  })

  it('is no crash from before the last thing that moved: its next start may meet it', () => {
    const release = [assessed('web', { ...crash, endedMs: 40_000 })]
    expect(hopelessOf(release, quiet(39_999), undefined)).toBeUndefined()
    expect(hopelessOf(release, quiet(40_000), undefined)).toBeDefined()
  })

  it('is a workload whose pods are refused, with what to change', () => {
    const refused: Trouble = { line: 'its pods are refused: exceeded quota', hopelessAfterMs: 0, hints: ['Raise it.'] }
    const one = assessed('web', undefined)
    const release = [{ ...one, readiness: { is: 'waiting', line: '0/1 ready', pods: [], trouble: refused } as const }]
    expect(hopelessOf(release, quiet(0), undefined)).toMatchObject({
      line: 'Deployment web: 0/1 ready, its pods are refused: exceeded quota',
      hints: ['Raise it.'],
    })
  })

  it('is nothing that only takes long', () => {
    expect(hopelessOf([assessed('web', { line: 'pulling image' })], quiet(3_600_000), undefined)).toBeUndefined()
  })
})

describe('progress', () => {
  const main = { name: 'main', image: 'web:1', imageID: '' }
  const running = (ready: boolean) =>
    pod('db', { phase: 'Running', containerStatuses: [{ ...main, ready, restartCount: 0 }] })
  const crashing = (restartCount: number) =>
    pod('web', { containerStatuses: [{ ...main, ready: false, restartCount, state: { waiting: {} } }] })

  it('is what others do, not the next restart of what crashes', () => {
    const at = (db: Pod, web: Pod) => progressOf([assessed('db', undefined, db), assessed('web', crash, web)])
    const before = at(running(false), crashing(5))
    expect(at(running(false), crashing(6))).toBe(before)
    expect(at(running(true), crashing(5))).not.toBe(before)
  })

  it('is not the short while that a crashing program runs and counts as ready', () => {
    const up = pod('web', {
      containerStatuses: [{ ...main, ready: true, restartCount: 5, state: { running: {} } }],
    })
    const between = {
      is: 'waiting',
      line: '1/1 ready',
      pods: [{ pod: up, trouble: { line: 'restarted just now' } }],
    } as const
    const crashes = assessed('web', crash, crashing(5))
    expect(progressOf([{ ...crashes, readiness: between, pods: [up] }])).toBe(progressOf([crashes]))
  })
})
