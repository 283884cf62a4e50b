import { join } from 'node:path'
import { expect, it } from 'vitest'
import { clusterPaths } from '../../../cluster/paths.ts'

it('keeps everything of a cluster below the cache', () => {
  const { folder, lock } = clusterPaths('shop', { KINDUP_CACHE: '/cache' })
  expect(folder).toBe(join('/cache', 'clusters', 'shop'))
  expect(lock).toBe(join('/cache', 'clusters', 'shop.lock'))
})

it.each(['', '.', '..', '../x', 'a/b', String.raw`a\b`, '/etc'])('leads nowhere for %j', (name) => {
  expect(() => clusterPaths(name, { KINDUP_CACHE: '/cache' })).toThrow('cannot name a folder')
})
