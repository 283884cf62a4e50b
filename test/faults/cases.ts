import { expect } from 'vitest'
import { faultMoments, faultSignals } from '../../core/fault.ts'
import { hostsBefore, kubeconfigBefore, shop, shopSteps, soundly } from '../integration/shop.ts'

/** One way to break a run off, and the command that comes after it. */
export type FaultCase = { readonly fault: string; readonly next: 'up' | 'down' }

/** Every step × moment × signal × what comes next. */
export const faultCases: readonly FaultCase[] = shopSteps.flatMap((step) =>
  faultMoments.flatMap((moment) =>
    faultSignals.flatMap((signal) =>
      (['up', 'down'] as const).map((next) => ({ fault: `${step}:${moment}:${signal}`, next })),
    ),
  ),
)

/** What is left after an `up` that was broken off there, an `up` that has to finish the job where that comes next, and `down`. */
export const leftAfter = async ({ fault, next }: FaultCase): Promise<unknown> => {
  await using at = await shop()
  const broken = await at.start(['up', '--json'], { KINDUP_FAULT: fault }).ended
  // A step that never tells what it does has no middle; after the last one a signal comes too late.
  const { code, stdout } = broken
  if (fault.endsWith(':SIGKILL')) expect([null, 0]).toContain(code)
  else {
    expect([130, 0]).toContain(code)
    const { json } = soundly(at, broken)
    if (code === 130) expect(json()).toMatchObject({ error: { code: 'stopped' } })
  }
  if (code === null) expect(stdout).toBe('')
  if (next === 'up') {
    await at.well('up', '--json')
    expect((await at.well('status', '--json')).json()).toMatchObject({ healthy: true })
    const again = await at.well('up', '--json')
    expect(again.json().steps.filter(({ result }) => result !== 'unchanged')).toEqual([])
  }
  await at.well('down')
  return {
    containers: [...at.world.containers.keys()],
    volumes: [...at.world.volumes.keys()],
    kubeconfig: await at.read('home/.kube/config'),
    hosts: await at.read('hosts'),
  }
}

export const nothing = { containers: [], volumes: [], kubeconfig: kubeconfigBefore, hosts: hostsBefore }
