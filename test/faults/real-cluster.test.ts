import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, describe, expect, it } from 'vitest'
import { faultMoments, faultSignals } from '../../core/fault.ts'
import { hostsBefore, kubeconfigBefore, realCluster, root, whyNoCluster } from '../support/real-cluster.ts'
import type { FaultCase } from './cases.ts'
import { clockJump } from './events.ts'
import { tableOf, type FaultResult } from './table.ts'

// The same on a real cluster, of test/fixtures/faults. All of the cells take hours: KINDUP_FAULT_CELLS says how many
// (default 6, `all`), from every part of the table; KINDUP_FAULT_ONLY is a pattern for `STEP MOMENT FAULT NEXT`.
// Not here: a full disk, which would be everybody's. An engine that restarts does so to the nodes of this cluster alone.

const config = join(root, 'test', 'fixtures', 'faults', 'kindup.yaml')
const name = 'kindup-faults'
const docker = (...args: readonly string[]): string => spawnSync('docker', args, { encoding: 'utf8' }).stdout.trim()
const nodes = (): readonly string[] =>
  docker('ps', '--all', '--quiet', '--filter', `label=io.x-k8s.kind.cluster=${name}`).split('\n').filter(Boolean)
const onNodes = (...args: readonly string[]): void => {
  const found = nodes()
  if (found.length > 0) docker(...args, ...found)
}

const events = {
  'engine restart': { env: {}, begin: () => onNodes('restart', '--time', '2'), end: () => undefined },
  'API gone': { env: {}, begin: () => onNodes('pause'), end: () => onNodes('unpause') },
  'clock jump': { env: clockJump, begin: () => undefined, end: () => undefined },
} as const
const isEvent = (fault: string): fault is keyof typeof events => fault in events

const steps = [
  'cluster/api',
  'cluster/nodes',
  'image/web',
  'crds',
  'secret/login',
  'addon/metrics-server',
  'service/widget',
  'hosts',
]
const every: readonly FaultCase[] = steps.flatMap((step) =>
  faultMoments.flatMap((moment) =>
    ([...faultSignals, ...Object.keys(events)] as FaultCase['fault'][]).flatMap((fault) =>
      (['up', 'down'] as const).map((next) => ({ step, moment, fault, next })),
    ),
  ),
)
const only = new RegExp(process.env['KINDUP_FAULT_ONLY'] ?? '')
const meant = every.filter(({ step, moment, fault, next }) => only.test(`${step} ${moment} ${fault} ${next}`))
const wanted = process.env['KINDUP_FAULT_CELLS'] ?? '6'
const count = wanted === 'all' ? meant.length : Math.min(Number(wanted), meant.length)
// A stride that shares no factor with steps, moments, faults and commands comes by all of them.
const cells = Array.from({ length: count }, (_, index) => meant[(index * 41 + 5) % meant.length]).flatMap(
  (one) => one ?? [],
)

describe.skipIf(whyNoCluster(['metrics-server']) !== undefined)('a run that is broken off, on a real cluster', () => {
  const results: FaultResult[] = []
  afterAll(() => console.info(`On a real cluster, ${results.length} of ${every.length} cells:\n${tableOf(results)}`))

  it.for(cells)('at $step, $moment, by $fault, then $next', { timeout: 1_800_000 }, async (one) => {
    const result = { ...one, isGreen: false }
    results.push(result)
    expect(await leftAfter(one)).toEqual({ left: [], hosts: hostsBefore, kubeconfig: kubeconfigBefore })
    result.isGreen = true
  })
})

/** What is left on this machine after an `up` that was broken off there, what comes next, and `down`. */
const leftAfter = async ({ step, moment, fault, next }: FaultCase): Promise<unknown> => {
  await using cluster = await realCluster(name, config)
  const event = isEvent(fault) ? events[fault] : undefined
  const began = performance.now()
  const run = cluster.start(['up', '--json', '--timeout', '90s'], {
    KINDUP_FAULT: `${step}:${moment}:${event ? 'SIGSTOP' : fault}`,
    ...event?.env,
  })
  const isStopped = event !== undefined && (await run.stopped())
  if (isStopped) {
    event.begin()
    run.kill('SIGCONT')
  }
  const { code, stdout, stderr } = await run.ended
  if (isStopped) event.end()
  const seconds = [performance.now() - began]
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  expect(event ? [0, 1] : fault === 'SIGKILL' ? [null, 0] : [130, 0]).toContain(code)
  if (code === 1 || code === 130) expect(JSON.parse(stdout)).toHaveProperty('error.message')
  if (next === 'up') {
    expect(await cluster.json(['up'])).not.toHaveProperty('error')
    seconds.push(performance.now() - began)
    expect(await cluster.json(['status'])).toMatchObject({ healthy: true })
    const again = await cluster.json<{ steps: readonly { result: string }[] }>(['up'])
    expect(again.steps.filter(({ result }) => result !== 'unchanged')).toEqual([])
    expect(cluster.kubectl('--namespace', 'faults', 'get', 'widget', 'one', '-o', 'jsonpath={.spec.colour}')).toBe(
      'blue',
    )
  }
  const down = await cluster.kindup(['down'])
  expect([down.code, down.code === 0 ? '' : down.stderr]).toEqual([0, ''])
  seconds.push(performance.now() - began)
  const shown = seconds.map((at) => (at / 1000).toFixed(1)).join(', ')
  console.info(`${step} ${moment} ${fault}: ended with ${code}, then ${next}; after ${shown} s`)
  return {
    left: cluster.left(),
    hosts: await cluster.home.read('hosts'),
    kubeconfig: await cluster.home.read('home/.kube/config'),
  }
}
