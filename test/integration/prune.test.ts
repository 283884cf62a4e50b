import { rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processIdentity } from '../../core/process-identity.ts'
import { hostsBefore, kubeconfigBefore, shop, type Shop } from './shop.ts'

describe('clusters that nobody stays with', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
  })
  afterAll(() => at[Symbol.asyncDispose]())

  const marks = (): readonly string[] => [...at.world.volumes.keys()].filter((name) => name.includes('-until-'))
  const clusters = async (): Promise<readonly Record<string, unknown>[]> =>
    (await at.well('list', '--json')).json()['clusters'] as readonly Record<string, unknown>[]
  /** Moves what the volumes say into the past, as if the time had gone by. */
  const hoursLater = (hours: number): void => {
    for (const [name, labels] of at.world.volumes)
      at.world.volumes.set(
        name,
        Object.fromEntries(
          Object.entries(labels).map(([key, value]) => [
            key,
            /\.(made-at|expires)$/.test(key) ? new Date(Date.parse(value) - hours * 3_600_000).toISOString() : value,
          ]),
        ),
      )
  }

  it('are none before the first', async () => {
    expect(await clusters()).toEqual([])
    expect((await at.well('list')).stdout).toBe('There is no cluster of kindup.\n')
    expect((await at.well('prune')).stdout).toBe('There is no cluster whose time is over.\n')
  })

  it('are made under a name of their own each, and marked with their time', async () => {
    const before = Date.now()
    const up = await at.well('up', '--name', 'ci-{random}', '--ttl', '2h', '--json', '--no-hosts')
    const { name } = up.json()['cluster'] as { readonly name: string }
    expect(name).toMatch(/^ci-[0-9a-f]{8}$/)
    const [cluster, ...others] = await clusters()
    expect(others).toEqual([])
    expect(cluster).toMatchObject({
      name,
      engine: 'docker',
      nodes: 2,
      running: 2,
      owner: expect.stringMatching(/^[^@]+@.+/),
      size: 2 * 1_500_000 * 1024,
      config: at.path('kindup.yaml'),
    })
    const [created, expires] = [cluster?.['created'], cluster?.['expires']].map((text) => Date.parse(String(text)))
    expect(created).toBeGreaterThanOrEqual(before)
    expect(expires).toBeGreaterThanOrEqual(before + 2 * 3_600_000)
    expect((await at.well('list')).stdout).toMatch(/NAME.*TTL.*OWNER.*\n.*ci-\w+ +docker +2 .* left +3\.1 GB /)
    await at.well('down', '--name', name)
    expect(at.world.volumes.size).toBe(0)
  })

  it('are wanted for as long as the last up said', async () => {
    await at.well('up', '--ttl', '1h', '--quiet')
    await at.well('up', '--ttl', '3h', '--quiet')
    expect(marks()).toHaveLength(1)
    await at.well('up', '--quiet')
    expect(marks()).toHaveLength(1)
    hoursLater(2)
    expect((await at.well('prune', '--json')).json()).toEqual({ dryRun: false, removed: [], kept: [], failed: [] })
    // Its own time counts for more than how long others may live.
    expect((await at.well('prune', '--older-than', '1h', '--json')).json()).toMatchObject({
      removed: [],
      kept: [{ name: 'shop', why: expect.stringMatching(/^59 min|^1 h/) }],
    })
  })

  it('stay while a run works on them', async () => {
    hoursLater(2)
    const lock = at.path('cache/clusters/shop.lock')
    await writeFile(
      lock,
      JSON.stringify({
        pid: process.pid,
        startedAt: new Date().toISOString(),
        command: 'kindup up',
        mark: await processIdentity(process.pid),
      }),
    )
    expect((await at.well('prune', '--json')).json()).toMatchObject({
      removed: [],
      kept: [{ name: 'shop', why: expect.stringContaining('kindup up (process') }],
    })
    await rm(lock)
  })

  it('are shown first where that is asked for, and then removed with all that is theirs', async () => {
    const dry = await at.well('prune', '--dry-run')
    expect(dry.stdout).toMatch(/^- shop \(its time has been over for 1 h.*\) would be removed\n$/)
    expect(at.world.volumes.has('kindup-shop')).toBe(true)
    const pruned = await at.well('prune', '--json')
    expect(pruned.json()).toMatchObject({ removed: [{ name: 'shop', engine: 'docker' }], kept: [], failed: [] })
    expect([at.world.containers.size, at.world.volumes.size]).toEqual([0, 0])
    expect(await at.read('home/.kube/config')).toBe(kubeconfigBefore)
    expect(await at.read('hosts')).toBe(hostsBefore)
  })

  it('take no time over from one of the same name that was deleted by hand', async () => {
    await at.well('up', '--ttl', '1h', '--quiet')
    hoursLater(30)
    for (const name of at.world.containers.keys()) at.world.containers.delete(name)
    await at.well('up', '--quiet')
    expect(marks()).toEqual([])
    expect((await at.well('prune', '--older-than', '1d', '--json')).json()).toMatchObject({ removed: [], kept: [] })
    await at.well('up', '--ttl', '1h', '--quiet')
    expect(marks()).toHaveLength(1)
  })

  it('are come back to where not all of them could be removed', async () => {
    hoursLater(2)
    const kubeconfig = await at.read('home/.kube/config')
    await at.write('home/.kube/config', 'broken: [')
    expect((await at.run('prune', '--json')).json()).toMatchObject({ removed: [], failed: [{ name: 'shop' }] })
    await at.write('home/.kube/config', kubeconfig)
    expect((await at.well('prune', '--json')).json()).toMatchObject({ removed: [{ name: 'shop' }], failed: [] })
    expect(at.world.volumes.size).toBe(0)
  })

  it('go by age alone only where that is asked for', async () => {
    await at.well('up', '--quiet')
    hoursLater(30)
    expect((await at.well('prune', '--json')).json()).toMatchObject({ removed: [], kept: [] })
    expect((await at.well('prune', '--older-than', '2d', '--json')).json()).toMatchObject({ removed: [], kept: [] })
    const pruned = await at.well('prune', '--older-than', '1d', '--json')
    expect(pruned.json()).toMatchObject({ removed: [{ name: 'shop', why: expect.stringContaining('1 d 6 h old') }] })
    expect(await clusters()).toEqual([])
  })

  it.each([
    [['up', '--ttl', '2h', '--watch'], '--watch'],
    [['up', '--ttl', 'soon'], '1d12h'],
    [['down', '--name', 'ci-{random}'], 'lower-case'],
    [['prune', '--older-than', '2'], '1d12h'],
  ])('cannot be told %j', async (words, said) => {
    const ran = await at.run(...words)
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(said)
  })
})
