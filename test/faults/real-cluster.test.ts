import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, describe, expect, it } from 'vitest'
import { hostsBefore, kubeconfigBefore, realCluster, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import type { FaultCase } from './cases.ts'
import { begins, inOrder, nameOf, realCells, spread } from './real-cells.ts'
import { ownEngine, realEvents } from './real-events.ts'
import { writeProject, type Project } from './real-project.ts'
import { tableOf, type FaultResult } from './table.ts'
import { walkedIn } from './walked.ts'

// The same on a real cluster, of one of each kind of step. All of the cells take hours: KINDUP_FAULT_CELLS says how many
// (default 6, `all`), from every part of the table; KINDUP_FAULT_ONLY is a pattern for `STEP MOMENT FAULT NEXT`. What is green
// is written to KINDUP_FAULT_TABLE at once, and not walked again at the same commit.
// A full disk, and an engine that restarts as a whole, are for one that is nobody else's: see own-engine.ts.

const name = 'kindup-faults'
const every = realCells(ownEngine !== undefined)
const table = walkedIn(process.env['KINDUP_FAULT_TABLE'] ?? join(homedir(), '.cache', 'kindup-ci', 'faults.tsv'))
const only = new RegExp(process.env['KINDUP_FAULT_ONLY'] ?? '')
const meant = every.filter((one) => only.test(nameOf(one)) && !table.isGreen(one))
const wanted = process.env['KINDUP_FAULT_CELLS'] ?? '6'
const cells = inOrder(wanted === 'all' ? meant : spread(meant, Number(wanted)))
const events = realEvents(name)
const isEvent = (fault: string): fault is keyof typeof events => fault in events

describe.skipIf(whyNoCluster(['metrics-server']) !== undefined)('a run that is broken off, on a real cluster', () => {
  const results: FaultResult[] = [...table.results]
  // One that is up and that nothing is wrong with serves the next cell.
  let kept: RealCluster | undefined
  let project: Project = { turn: 0, addon: false }
  const end = async (): Promise<void> => {
    await kept?.[Symbol.asyncDispose]()
    kept = undefined
  }
  afterAll(async () => {
    await end()
    console.info(
      `On a real cluster at ${table.commit}, ${results.length} of ${every.length} cells:\n${tableOf(results)}`,
    )
  })

  /** A cluster without the step, with which the next `up` begins. */
  const before = async (one: FaultCase): Promise<RealCluster> => {
    project = { turn: project.turn + 1, addon: one.step.startsWith('addon/') || (kept !== undefined && project.addon) }
    if (begins(one)) await end()
    const wasThere = kept !== undefined
    if (kept === undefined) {
      project = { ...project, addon: one.step.startsWith('addon/') }
      kept = await realCluster(name, 'project/kindup.yaml')
    }
    // An image and a name are other ones each turn. No cluster is made in the short time of a step that waits for the API.
    if (wasThere ? !['image/web', 'hosts'].includes(one.step) : isShort(one)) {
      await writeProject(kept.home, { ...project, turn: project.turn - 1, without: one.step })
      await well(kept, 'up')
    }
    await writeProject(kept.home, project)
    return kept
  }

  it.for(cells)('at $step, $moment, by $fault, then $next', { timeout: 1_800_000 }, async (one) => {
    const began = performance.now()
    let isGreen = false
    let told = ''
    try {
      const took = await walk(await before(one), one, project.turn)
      if (one.next === 'down') await end()
      expect(took).not.toEqual([])
      told = took.join(', ')
      isGreen = true
    } catch (error) {
      told = error instanceof Error ? error.message : String(error)
      await end()
      throw error
    } finally {
      results.push({ ...one, isGreen })
      table.note({ ...one, isGreen }, { seconds: (performance.now() - began) / 1000, told })
      console.info(`${nameOf(one)}: ${isGreen ? 'green' : 'RED'}, ${told}`)
    }
  })
})

const isShort = (one: FaultCase): boolean => one.fault === 'API gone' && !begins(one)

const well = async (cluster: RealCluster, ...args: readonly string[]) => {
  const { code, stdout, stderr } = await cluster.kindup([...args, '--json'])
  if (code !== 0) throw new Error(`kindup ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`)
  return JSON.parse(stdout) as {
    readonly healthy?: boolean
    readonly steps: readonly { readonly id: string; readonly result: string }[]
  }
}

/** Breaks an `up` off there, and does what comes next; answers what each took. */
const walk = async (
  cluster: RealCluster,
  { step, moment, fault, next }: FaultCase,
  turn: number,
): Promise<readonly string[]> => {
  const event = isEvent(fault) ? events[fault] : undefined
  const seconds: string[] = []
  const timed = async <T>(what: string, done: Promise<T>): Promise<T> => {
    const began = performance.now()
    const result = await done
    seconds.push(`${what} ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return result
  }
  const run = cluster.start(['up', '--json', '--timeout', isShort({ step, moment, fault, next }) ? '30s' : '90s'], {
    KINDUP_FAULT: `${step}:${moment}:${event ? 'SIGSTOP' : fault}`,
    ...event?.env,
  })
  const isStopped = event !== undefined && (await run.stopped())
  if (isStopped) {
    await event.begin()
    run.kill('SIGCONT')
  }
  const { code, stdout, stderr } = await timed('broken off', run.ended)
  if (isStopped) await event.end()
  if (event && !isStopped && code !== 0) throw new Error(`it ended before it came there: ${stdout}`)
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  // After the last step a signal comes too late.
  expect([code, event ? [0, 1] : fault === 'SIGKILL' ? [null, 0] : [130, 0], stdout]).toEqual([
    code,
    expect.arrayContaining([code]),
    stdout,
  ])
  if (code === 1 || code === 130) expect(JSON.parse(stdout)).toHaveProperty('error.message')
  // It has no such moment, or nobody was left to be stopped.
  seconds.push(`exit ${code}${code === 0 && !isStopped ? ', not hit' : ''}`)
  if (next === 'up') {
    await timed('up', well(cluster, 'up'))
    // A kubelet that stood still for 30 s says some seconds later, and for some seconds, that its container runtime is down.
    const healthy = async () => (await cluster.json<{ readonly healthy?: boolean }>(['status'])).healthy
    if (fault === 'API gone') await expect.poll(healthy, { timeout: 60_000 }).toBe(true)
    else expect(await healthy()).toBe(true)
    const again = await timed('again', well(cluster, 'up'))
    expect(again.steps.filter(({ result }) => result !== 'unchanged')).toEqual([])
    expect(cluster.kubectl('--namespace', 'faults', 'get', 'widget', 'one', '-o', 'jsonpath={.spec.turn}')).toBe(
      String(turn),
    )
    return seconds
  }
  const down = await timed('down', cluster.kindup(['down']))
  expect([down.code, down.code === 0 ? '' : down.stderr]).toEqual([0, ''])
  expect({
    left: cluster.left(),
    hosts: await cluster.home.read('hosts'),
    kubeconfig: await cluster.home.read('home/.kube/config'),
  }).toEqual({ left: [], hosts: hostsBefore, kubeconfig: kubeconfigBefore })
  return seconds
}
