import { spawnSync } from 'node:child_process'
import { get } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setInterval } from 'node:timers'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

const name = 'kindup-e2e-in-place'

type Report = {
  readonly steps: readonly { readonly id: string; readonly result: string }[]
  readonly warnings: readonly string[]
  readonly error?: { readonly message: string }
}

/** Requests that go on until they are stopped, each with a connection of its own. */
const traffic = (port: number) => {
  const failed: string[] = []
  let count = 0
  const ask = (): void => {
    count += 1
    const nth = count
    const request = get({ host: '127.0.0.1', port, agent: false, timeout: 20_000 }, (response) => {
      response.resume()
      if (response.statusCode !== 200) failed.push(`${nth}: ${response.statusCode}`)
    })
    request.on('timeout', () => request.destroy(new Error('it took 20 s')))
    request.on('error', (error) => failed.push(`${nth}: ${error.message}`))
  }
  const timer = setInterval(ask, 50)
  return {
    failed,
    count: () => count,
    stop: () => clearInterval(timer),
  }
}

const docker = (...args: readonly string[]): string => spawnSync('docker', args, { encoding: 'utf8' }).stdout.trim()

/** The host port of one port of a container. */
const hostPort = (container: string, port: string): number =>
  Number(docker('port', container, port).split('\n')[0]?.split(':').at(-1))

const answers = async (port: number, host = '127.0.0.1'): Promise<number | string> =>
  new Promise((resolve) => {
    get({ host, port, agent: false, timeout: 5_000 }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', (error) => resolve(error.message))
  })

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))

const why = whyNoCluster([], ['python:3.13-alpine'])
describe.skipIf(why !== undefined)('a cluster that is changed while it serves', () => {
  let cluster: RealCluster
  let file: string
  let requests: ReturnType<typeof traffic>

  const up = async (...flags: readonly string[]): Promise<Report> => cluster.json<Report>(['up', '--yes', ...flags])
  const edit = async (from: string, to: string): Promise<void> => {
    const text = await readFile(file, 'utf8')
    expect(text).toContain(from)
    await writeFile(file, text.replace(from, to))
  }
  /** Changes the file, and makes it so: what plan says before, and the steps that did something. */
  const change = async (
    from: string,
    to: string,
  ): Promise<{ readonly plan: string; readonly done: readonly string[] }> => {
    await edit(from, to)
    const plan = (await cluster.kindup(['plan'])).stdout
    const report = await up()
    expect(report).not.toHaveProperty('error')
    const done = report.steps.filter(({ result }) => result !== 'unchanged').map(({ id }) => id)
    const again = await up()
    expect(again.steps.filter(({ result }) => result !== 'unchanged')).toEqual([])
    return { plan, done }
  }
  const forwarders = (): readonly string[] =>
    docker('ps', '--filter', `label=dev.kindup.cluster=${name}`, '--format', '{{.Names}}')
      .split('\n')
      .filter((one) => one !== '')
      .toSorted()

  beforeAll(async () => {
    const home = join(root, 'test', 'fixtures', 'in-place')
    cluster = await realCluster(name, 'project/kindup.yaml')
    await cp(home, cluster.home.path('project'), { recursive: true })
    file = cluster.home.path('project', 'kindup.yaml')
    const { error } = await up()
    if (error) throw new Error(error.message)
    requests = traffic(hostPort(`${name}-worker`, '30080/tcp'))
  })
  afterAll(async () => {
    requests?.stop()
    await cluster?.[Symbol.asyncDispose]()
  })

  it('takes ports more and less, on each node, by both protocols, and any free one', async () => {
    const more = await change('["0:30080"]', '["0:30080", "18431:30080", "0:30081", "18433:30053/udp"]')
    expect(more.plan).toContain(`port 18431:30080 leads to ${name}-worker, in place`)
    expect(more.done).toEqual(['cluster/api'])
    expect(await answers(18_431)).toBe(200)
    expect(forwarders()).toEqual([`${name}-port-18431`, `${name}-port-18433-udp`, `${name}-port-any-30081-worker`])
    await change('- role: control-plane', '- role: control-plane\n      ports: ["18432:30080"]')
    expect(await answers(18_432)).toBe(200)
    await change('"18431:30080", ', '"18434:30080", ')
    expect([await answers(18_434), await answers(18_431)]).toEqual([200, expect.stringMatching(/ECONNREFUSED/)])
    await change(', "0:30081", "18433:30053/udp"', '')
    expect(forwarders()).toEqual([`${name}-port-18432`, `${name}-port-18434`])
  })

  it.skipIf(!hasIpv6)('takes a port by IPv6, whose node knows IPv4 alone', async () => {
    await change('"18434:30080"', '"18434:30080", "[::1]:18435:30080"')
    expect([await answers(18_435, '::1'), await answers(18_435)]).toEqual([200, expect.stringMatching(/ECONNREFUSED/)])
    await change(', "[::1]:18435:30080"', '')
    expect(await answers(18_435, '::1')).toMatch(/ECONNREFUSED/)
  })

  it('takes labels and taints', async () => {
    const labelled = await change('- role: worker', '- role: worker\n      labels: { disk: ssd }')
    expect(labelled.done).toEqual(['cluster/nodes'])
    await change('labels: { disk: ssd }', 'taints: ["busy=yes:PreferNoSchedule"]')
    await change('      taints: ["busy=yes:PreferNoSchedule"]\n', '')
    expect(cluster.kubectl('get', 'node', `${name}-worker`, '-o', 'jsonpath={.spec.taints}')).toBe('')
  })

  it('takes a registry and mirrors, another registry, and none', async () => {
    await change('cluster:\n', 'cluster:\n  registry: { port: 18441 }\n')
    expect(await answers(18_441)).toBe(200)
    await change('port: 18441', 'port: 18442')
    expect([await answers(18_442), await answers(18_441)]).toEqual([200, expect.stringMatching(/ECONNREFUSED/)])
    // Of what the node holds an older build, only the new layer moves: by the registry, under the id that the engine has.
    const source = cluster.home.path('project', 'web', 'index.html')
    await writeFile(source, `${await readFile(source, 'utf8')}one line more\n`)
    expect(await up()).not.toHaveProperty('error')
    const [id = ''] = docker('images', '--no-trunc', '--format', '{{.ID}}', 'in-place/web').split('\n')
    const tags = await fetch('http://127.0.0.1:18442/v2/kindup/in-place/web/tags/list')
    expect(await tags.json()).toMatchObject({ tags: [id.replace('sha256:', '')] })
    const held = docker('exec', `${name}-worker`, 'crictl', 'images', '--no-trunc')
    expect(held).toContain(id)
    expect(held).not.toContain('localhost:18442')
    await change('  registry: { port: 18442 }\n', '')
    expect(await answers(18_442)).toMatch(/ECONNREFUSED/)
  })

  it('takes a worker more, with a port of its own, and drains it again', async () => {
    const joined = await change('services:', '    - role: worker\n      ports: ["18451:30080"]\nservices:')
    expect(joined.done).toContain('cluster/nodes')
    expect(await answers(18_451)).toBe(200)
    cluster.kubectl('-n', 'web', 'rollout', 'restart', 'deployment/web')
    cluster.kubectl('-n', 'web', 'rollout', 'status', 'deployment/web', '--timeout=180s')
    await change('    - role: worker\n      ports: ["18451:30080"]\nservices:', 'services:')
    expect(cluster.kubectl('get', 'nodes', '-o', 'name')).not.toContain('worker2')
  })

  it('says what stays of a port that a node was made with, and what needs another cluster', async () => {
    await edit('["0:30080", "18434:30080"]', '["18434:30080"]')
    const { warnings } = await up()
    expect(warnings.join('\n')).toMatch(/is not in the file any more, and stays bound .*--recreate/)
    await edit('["18434:30080"]', '["0:30080", "18434:30080"]\n      mounts: [".:/here"]')
    const { stdout, code } = await cluster.kindup(['plan'])
    expect([code, stdout]).toEqual([1, expect.stringMatching(/only --recreate changes that/)])
    await edit('\n      mounts: [".:/here"]', '')
  })

  it('pauses and resumes its ports, and has them again after they were stopped', async () => {
    requests.stop()
    expect(requests.failed).toEqual([])
    expect(requests.count()).toBeGreaterThan(500)
    expect((await cluster.kindup(['pause'])).code).toBe(0)
    expect((await cluster.kindup(['resume'])).code).toBe(0)
    expect(await answers(18_434)).toBe(200)
    docker('stop', `${name}-port-18434`)
    const status = await cluster.kindup(['status'])
    expect([status.code, status.stdout]).toEqual([1, expect.stringContaining(`${name}-port-18434 is stopped`)])
    expect(await up()).not.toHaveProperty('error')
    expect(await answers(18_434)).toBe(200)
  })

  it('leaves none of them', async () => {
    expect((await cluster.kindup(['down'])).code).toBe(0)
    expect([forwarders(), cluster.left()]).toEqual([[], []])
  })
})
