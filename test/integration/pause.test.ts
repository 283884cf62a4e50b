import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shop, type Shop } from './shop.ts'

describe('a paused cluster', () => {
  let at: Shop
  const nodes = ['shop-control-plane', 'shop-worker']
  const paused = (): readonly string[] =>
    [...at.world.containers.values()].flatMap((container) => (container.paused ? [container.name] : []))
  beforeAll(async () => {
    at = await shop()
    await at.well('up', '--quiet')
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('is frozen with the name alone, and a second time without a word of trouble', async () => {
    const first = await at.well('pause', '--name', 'shop', '--json')
    expect(first.json()).toEqual({
      clusters: [{ name: 'shop', containers: nodes, kept: [] }],
      failed: [],
      seconds: expect.any(Number),
    })
    expect(paused()).toEqual(nodes)
    expect((await at.well('pause')).stdout).toBe('= shop was paused, or stopped, already\n')
  })

  it('is seen as such', async () => {
    expect((await at.well('list')).stdout).toMatch(/shop +docker +2 paused /)
    const status = await at.run('status')
    expect(status.code).toBe(1)
    expect(status.stdout).toContain('paused')
  })

  it('goes on where it was', async () => {
    const resumed = await at.well('resume', '--json')
    expect(resumed.json()).toMatchObject({ clusters: [{ name: 'shop', containers: nodes }] })
    expect(paused()).toEqual([])
    expect((await at.well('resume')).stdout).toBe('= shop was running already\n')
    expect(Object.values((await at.well('up', '--json')).json().steps).map(({ result }) => result)).not.toContain(
      'created',
    )
  })

  it('is let go on by up too', async () => {
    await at.well('pause', '--all')
    await at.well('up', '--quiet')
    expect(paused()).toEqual([])
  })

  it('keeps its registry while another that could not be paused uses it', async () => {
    await at.well('resume')
    const registry = 'kindup-registry-5001'
    at.world.containers.set(registry, {
      name: registry,
      labels: { 'dev.kindup.registry': registry },
      running: true,
      ports: [],
      listeners: [],
      files: new Set(),
      images: new Map(),
      texts: new Map(),
    })
    for (const name of ['shop', 'other'])
      at.world.volumes.set(`kindup_${name}_uses_registry-5001`, {
        'dev.kindup.claim': registry,
        'dev.kindup.cluster': name,
        'dev.kindup.keep': 'false',
      })
    await at.edit('hosts: { file: ./hosts,', 'hosts: { mode: none, file: ./hosts,')
    await at.well('up', '--quiet', '--name', 'other')
    let isAble = false
    at.at('docker pause shop-', (call) => {
      if (isAble) return undefined
      call.err('Error response from daemon: OCI runtime pause failed\n')
      return 1
    })
    const half = await at.run('pause', '--all', '--json')
    expect(half.code).toBe(1)
    expect(half.json()).toMatchObject({
      clusters: [{ name: 'other', kept: [`${registry} (shop uses it)`] }],
      failed: [{ name: 'shop' }],
    })
    expect(paused()).toEqual(['other-control-plane', 'other-worker'])
    isAble = true
    expect((await at.well('pause', '--all', '--json')).json()).toMatchObject({
      clusters: [
        { name: 'other', containers: [] },
        { name: 'shop', containers: [...nodes, registry], kept: [] },
      ],
    })
    await at.well('resume', '--all')
  })

  it('is none where half of it could not be frozen', async () => {
    at.at('docker pause', (call) => {
      at.world.containers.get('shop-control-plane')!.paused = true
      call.err('Error response from daemon: OCI runtime pause failed\n')
      return 1
    })
    const failed = await at.run('pause')
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain('OCI runtime pause failed')
    expect(paused()).toEqual([])
  })

  it('is not made of what is not there', async () => {
    const none = await at.run('pause', '--name', 'nobody')
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('There is no cluster nobody that kindup made.')
  })
})
