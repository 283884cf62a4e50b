import process from 'node:process'
import { expect } from 'vitest'
import { faultMoments, faultSignals } from '../../core/fault.ts'
import { soundly } from '../integration/shop.ts'
import type { Ran } from '../integration/shop.ts'
import type { Ended, RunningProcess } from '../support/sandbox.ts'
import { everything, everyStep, hostsBefore, kubeconfigBefore } from './everything.ts'
import { events, type EventName } from './events.ts'

export const eventNames = Object.keys(events) as readonly EventName[]

/** What happens at a moment of a step: a signal that ends the run, or something in its world that it lives through or not. */
type Fault = (typeof faultSignals)[number] | EventName

/** One way to break a run off, and the command that comes after it. */
export type FaultCase = {
  readonly step: string
  readonly moment: (typeof faultMoments)[number]
  readonly fault: Fault
  readonly next: 'up' | 'down'
}

/** Every step × moment × fault × what comes next. */
export const faultCases: readonly FaultCase[] = everyStep.flatMap((step) =>
  faultMoments.flatMap((moment) =>
    [...faultSignals, ...eventNames].flatMap((fault) =>
      (['up', 'down'] as const).map((next) => ({ step, moment, fault, next })),
    ),
  ),
)

/** What is left after an `up` that was broken off there, an `up` that has to finish the job where that comes next, and `down`. */
export const leftAfter = async (
  { step, moment, fault, next }: FaultCase,
  make = () => everything({}, { addons: step.startsWith('addon/') }),
): Promise<unknown> => {
  await using at = await make()
  const event = isEvent(fault) ? events[fault] : undefined
  // A step that never tells what it does has no middle.
  let heal: (() => Promise<void> | void) | undefined
  const begin = (): void => {
    heal = event?.begin(at)
  }
  const words = ['up', '--json', '--timeout', event?.timeout ?? '120s']
  const env = { KINDUP_FAULT: `${step}:${moment}:${event ? 'SIGSTOP' : fault}`, ...event?.env }
  const broken = await (isProcess(fault)
    ? processOf(at.start(words, env), begin)
    : at.begin(words, env, '', begin).ended)
  await heal?.()
  if (fault === 'SIGKILL') {
    expect([null, 0]).toContain(broken.code)
    if (broken.code === null) expect(broken.stdout).toBe('')
  } else {
    const ran = soundly(at, broken)
    const { code } = ran
    // After the last step a signal comes too late.
    expect(event ? [0, 1] : [130, 0]).toContain(code)
    if (code === 130) expect(ran.json()).toMatchObject({ error: { code: 'stopped' } })
    if (code === 1)
      expect(wordsOf(ran)).toMatch(
        event ? new RegExp(`${event.words.source}|was not done after ${event.timeout}`, 'i') : /^$/,
      )
  }
  if (next === 'up') {
    await at.well('up', '--json')
    expect((await at.well('status', '--json')).json()).toMatchObject({ healthy: true })
    const again = await at.well('up', '--json')
    expect(again.json().steps.filter(({ result }) => result !== 'unchanged')).toEqual([])
  }
  await at.well('down')
  return {
    containers: [...at.world.containers.keys()].filter(isNoMirror),
    volumes: [...at.world.volumes.keys()].filter(isNoMirror),
    kubeconfig: await at.read('home/.kube/config'),
    hosts: await at.read('hosts'),
  }
}

export const nothing = { containers: [], volumes: [], kubeconfig: kubeconfigBefore, hosts: hostsBefore }

/** What a run cannot take inside of the process of the test: to be killed, and a clock of its own. */
const isProcess = (fault: Fault): boolean =>
  process.env['KINDUP_TEST_PROCESSES'] === '1' ||
  fault === 'SIGKILL' ||
  (isEvent(fault) && events[fault].env !== undefined)

/** Lets it go on where SIGSTOP has stopped it, once `begin` is done. */
const processOf = async (run: RunningProcess, begin: () => void): Promise<Ended> => {
  if (await run.stopped()) {
    begin()
    run.kill('SIGCONT')
  }
  return run.ended
}

const isEvent = (fault: Fault): fault is EventName => fault in events

/** Mirrors are caches, which outlive clusters. */
const isNoMirror = (name: string): boolean => !name.includes('mirror-docker-io')

const wordsOf = (ran: Ran): string => (ran.json()['error'] as { readonly message: string }).message
