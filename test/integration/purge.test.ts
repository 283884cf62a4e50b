import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostsBefore, kubeconfigBefore, shop, type Shop } from './shop.ts'

describe('down', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop()
    await at.well('up')
  })
  afterEach(() => at[Symbol.asyncDispose]())

  const nothingIsLeft = async (): Promise<void> => {
    expect([at.world.containers.size, at.world.volumes.size]).toEqual([0, 0])
    expect(await at.read('home/.kube/config')).toBe(kubeconfigBefore)
    expect(await at.read('hosts')).toBe(hostsBefore)
    expect(existsSync(at.path('cache', 'clusters', 'shop'))).toBe(false)
  }

  it('leaves nothing of a cluster without its record, whose node somebody deleted, and in which a namespace hangs', async () => {
    const { state } = at.api('shop')
    for (const secret of state.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup' }))
      state.remove({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup', name: secret.metadata.name })
    at.world.containers.delete('shop-worker')
    state.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', namespace: 'dev', finalizers: ['x/y'] },
    })
    state.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'dev' })
    const { json } = await at.well('down', '--json')
    expect(json().removed).toEqual(expect.arrayContaining(['container shop-control-plane', 'volume kindup-shop']))
    await nothingIsLeft()
  })

  it('leaves nothing of one whose API is gone, and of which only the mark is left', async () => {
    await at.api('shop').stop()
    at.world.containers.clear()
    expect((await at.well('down', '--json')).json().removed).toContain('volume kindup-shop')
    await nothingIsLeft()
  })

  it('takes images and the cache too where it is told to purge, and says each', async () => {
    at.world.images.set('mine:1', { id: 'sha256:1', labels: {} })
    await mkdir(at.path('cache', 'photos'), { recursive: true })
    const built = [...at.world.images.keys()].filter((ref) => ref.startsWith('example/web:'))
    expect(built).toHaveLength(1)
    await at.well('diagnose')
    const { removed } = (await at.well('down', '--purge', '--json')).json()
    expect(removed).toEqual(
      expect.arrayContaining([`image ${built[0]}`, `folder ${at.path('cache', 'diagnoses')}`, 'volume kindup-shop']),
    )
    expect([...at.world.images.keys()]).toContain('mine:1')
    expect([...at.world.images.keys()]).not.toContain(built[0])
    expect((await readdir(at.path('cache'))).filter((folder) => folder !== 'private')).toEqual(['clusters', 'photos'])
    await nothingIsLeft()
  })

  it('keeps what other clusters use when it is told to purge, and says who does', async () => {
    const mark = at.world.volumes.get('kindup-shop') ?? {}
    at.world.volumes.set('kindup-far', { ...mark, 'dev.kindup.cluster': 'far' })
    await at.well('diagnose')
    const [own] = await readdir(at.path('cache', 'diagnoses'))
    const { removed, kept } = (await at.well('down', '--purge', '--json')).json()
    expect(removed).toContain(`folder ${at.path('cache', 'diagnoses', own ?? '')}`)
    expect(kept).toContainEqual(expect.stringMatching(/^image example\/web:\w+ \(far uses it\)$/))
    expect(kept).toContain(`folder ${at.path('cache', 'diagnoses')} (far uses it)`)
    expect([...at.world.volumes.keys()]).toEqual(['kindup-far'])
  })
})
