import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { enginesHere, type EngineHere } from '../support/engines-here.ts'
import { hostsBefore, kubeconfigBefore, realCluster, root } from '../support/real-cluster.ts'

// The small environment on each engine of this machine: begun, killed, finished, looked at, taken away. KINDUP_E2E_ENGINES
// names those that are promised ("docker podman"): one of them that does not answer is a failure and not a skipped test.

const config = join(root, 'test', 'fixtures', 'small', 'kindup.yaml')
const promised = (process.env['KINDUP_E2E_ENGINES'] ?? '').split(/\s+/).filter((name) => name !== '')

const { found, missing } = enginesHere()
for (const { title, why } of missing)
  console.warn(`SKIPPED: ${title}: ${why}; the small environment is not made on it.`)

describe.skipIf(found.length + promised.length === 0)('the engines of this machine', () => {
  it.each(promised)('%s, which is promised, answers', (name) => {
    expect(found.map((engine) => engine.name)).toContain(name)
  })

  it.each(found)('$title: finishes what was killed, changes nothing then, and leaves nothing', async (engine) => {
    await using cluster = await realCluster(`kindup-e2e-${engine.name}`, config, engine)
    const seconds = new Map<string, string>()
    const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
      const started = performance.now()
      const result = await work
      seconds.set(what, ((performance.now() - started) / 1000).toFixed(1))
      return result
    }

    const killed = cluster.start(['up', '--verbose'])
    await killed.shown('… addon/metrics-server')
    killed.kill('SIGKILL')
    await killed.ended

    expect(await timed('up', cluster.json(['up']))).not.toHaveProperty('error')
    const again = await timed('again', cluster.json<{ steps: { result: string }[] }>(['up']))
    expect([...new Set(again.steps.map(({ result }) => result))]).toEqual(['unchanged'])
    expect(await cluster.json(['status'])).toMatchObject({ healthy: true })
    const colour = ['get', 'configmap', 'settings', '-o', 'jsonpath={.data.colour}']
    expect(cluster.kubectl('--namespace', 'small', ...colour)).toBe('blue')

    const down = await timed('down', cluster.kindup(['down', '--yes']))
    expect([down.code, cluster.left()]).toEqual([0, []])
    expect(await cluster.home.read('hosts')).toBe(hostsBefore)
    expect(await cluster.home.read('home/.kube/config')).toBe(kubeconfigBefore)
    say(engine, seconds)
  })
})

const say = ({ title, version }: EngineHere, seconds: ReadonlyMap<string, string>): void =>
  console.warn(`${title} ${version}: ${[...seconds].map(([what, count]) => `${what} ${count} s`).join(', ')}`)
