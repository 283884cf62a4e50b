import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  hostsBefore,
  kubeconfigBefore,
  realCluster,
  root,
  whyNoCluster,
  type RealCluster,
} from '../support/real-cluster.ts'

const config = join(root, 'test', 'fixtures', 'small', 'kindup.yaml')

/** What standard error shows when the run is at these places. */
const moments = [
  ['while the nodes are made', 'volume create'],
  ['while the control plane starts', 'cat /etc/kubernetes/admin.conf'],
  ['while an add-on is installed', '… addon/metrics-server'],
  ['while images go into the nodes', 'containerd config dump'],
  ['while a service is deployed', '… service/settings'],
] as const

/** What may happen to the control plane meanwhile: it starts again, as with its engine; nothing answers for a while. */
const hiccups = {
  'is restarted': [['restart', '--time', '2']],
  'does not answer for half a minute': [['pause'], ['unpause']],
} as const

const nothingIsLeft = async (cluster: RealCluster): Promise<void> => {
  expect(cluster.left()).toEqual([])
  expect(await cluster.home.read('hosts')).toBe(hostsBefore)
  expect(await cluster.home.read('home/.kube/config')).toBe(kubeconfigBefore)
}

describe.skipIf(whyNoCluster(['metrics-server']) !== undefined)('a run that is broken off', () => {
  it.each(moments)('killed %s, `up` finishes the job and `down` leaves nothing', async (_where, text) => {
    await using cluster = await realCluster('kindup-e2e-kill', config)
    const run = cluster.start(['up', '--verbose'])
    await run.shown(text)
    run.kill('SIGKILL')
    await run.ended
    const finished = await cluster.json<{ steps: { result: string }[] }>(['up'])
    expect(finished).not.toHaveProperty('error')
    expect(await cluster.json<{ healthy: boolean }>(['status'])).toMatchObject({ healthy: true })
    expect(
      cluster.kubectl('--namespace', 'small', 'get', 'configmap', 'settings', '-o', 'jsonpath={.data.colour}'),
    ).toBe('blue')
    expect((await cluster.kindup(['down'])).code).toBe(0)
    await nothingIsLeft(cluster)
  })

  it.each(moments)('killed %s, `down` leaves nothing', async (_where, text) => {
    await using cluster = await realCluster('kindup-e2e-kill', config)
    const run = cluster.start(['up', '--verbose'])
    await run.shown(text)
    run.kill('SIGKILL')
    await run.ended
    expect((await cluster.kindup(['down'])).code).toBe(0)
    await nothingIsLeft(cluster)
  })

  it.each(Object.entries(hiccups))(
    'whose control plane %s meanwhile ends in words, and `up` finishes the job',
    async (_how, calls) => {
      await using cluster = await realCluster('kindup-e2e-kill', config)
      const run = cluster.start(['up'])
      await run.shown('… addon/metrics-server')
      // While kind still joins workers it would take its failed cluster away: that is a run of its own, above.
      await run.shown('✓ cluster/nodes')
      for (const [index, args] of calls.entries()) {
        if (index > 0) await pause(30_000)
        expect(spawnSync('docker', [...args, 'kindup-e2e-kill-control-plane']).status).toBe(0)
      }
      const { code, stderr } = await run.ended
      console.info(`up ended with ${code}${code === 0 ? '' : `: ${stderr.slice(stderr.indexOf('✗'))}`}`)
      expect([0, 1]).toContain(code)
      expect(await cluster.json(['up'])).not.toHaveProperty('error')
      expect(await cluster.json<{ healthy: boolean }>(['status'])).toMatchObject({ healthy: true })
      expect((await cluster.kindup(['down'])).code).toBe(0)
      await nothingIsLeft(cluster)
    },
  )

  it('stopped with Ctrl-C says so and goes on later', async () => {
    await using cluster = await realCluster('kindup-e2e-kill', config)
    const run = cluster.start(['up', '--json'])
    await run.shown('… addon/metrics-server')
    run.kill('SIGINT')
    const { code, stdout } = await run.ended
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'stopped' },
      steps: expect.arrayContaining([expect.objectContaining({ id: 'cluster/api' })]) as unknown,
    })
    expect((await cluster.kindup(['up'])).code).toBe(0)
    expect((await cluster.kindup(['down'])).code).toBe(0)
    await nothingIsLeft(cluster)
  })
})
