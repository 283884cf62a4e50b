import { assert, asyncProperty, boolean, constantFrom, tuple, uniqueArray } from 'fast-check'
import { expect, it } from 'vitest'
import { clusterPaths } from '../../../../cluster/paths.ts'
import { takeUsageLease } from '../../../../cluster/registry/usage-leases.ts'
import { labelsFor, registryName, registryVolume } from '../../../../cluster/registry/names.ts'
import { registriesUndo } from '../../../../cluster/registry/release.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const name = registryName(5001)
const { signal } = new AbortController()

/** A registry that these clusters use, `true` where they keep it. */
const made = async (users: Readonly<Record<string, boolean>>) => {
  const { engine, world } = standInEngine({
    containers: [{ name, labels: labelsFor(name), running: true, ports: [] }],
  })
  await engine.createVolume(registryVolume(name), labelsFor(name))
  for (const [cluster, keep] of Object.entries(users)) await takeUsageLease(engine, { container: name, cluster, keep })
  const paths = clusterPaths('any', { KINDUP_CACHE: await ownFolder() })
  return { engine, world, paths }
}

it('stays while anybody uses or keeps it, whatever the order in which they go, and then leaves nothing', async () => {
  const users = uniqueArray(tuple(constantFrom('a', 'b', 'c', 'd'), boolean()), {
    selector: ([cluster]) => cluster,
    minLength: 1,
  })
  await assert(
    asyncProperty(users, async (all) => {
      const { engine, world, paths } = await made(Object.fromEntries(all))
      const leave = (cluster: string, caches = false) =>
        registriesUndo({ name: cluster, engine, paths, signal, caches }).run()
      for (const [index, [cluster]] of all.entries()) {
        const { removed, kept } = await leave(cluster)
        const left = index < all.length - 1
        const isKept = all.slice(0, index + 1).some(([, keep]) => keep)
        expect(world.containers.has(name)).toBe(left || isKept)
        expect(kept).toEqual(left || isKept ? ['registry localhost:5001'] : [])
        expect(removed).toEqual(left || isKept ? [] : [`container ${name}`, `volume ${registryVolume(name)}`])
      }
      await leave('a', true)
      expect([world.containers.size, world.volumes.size]).toEqual([0, 0])
    }),
    { numRuns: 40 },
  )
})

it('goes too where a run was killed before it was used, and caches of others stay', async () => {
  const { engine, world, paths } = await made({})
  expect((await registriesUndo({ name: 'a', engine, paths, signal, caches: false }).run()).removed).toHaveLength(2)

  const used = await made({ b: false })
  const { kept } = await registriesUndo({ ...used, name: 'a', signal, caches: true }).run()
  expect(kept).toEqual(['registry localhost:5001'])
  expect(used.world.containers.size).toBe(1)
  // Somebody else's is no news for who never used it.
  expect((await registriesUndo({ ...used, name: 'a', signal, caches: false }).run()).kept).toEqual([])
  expect(world.volumes.size).toBe(0)
})

it('goes too where a run was killed when it had only said that it wants one', async () => {
  const { engine, world } = standInEngine({ containers: [] })
  await takeUsageLease(engine, { container: name, cluster: 'a', keep: false })
  const paths = clusterPaths('any', { KINDUP_CACHE: await ownFolder() })
  await registriesUndo({ name: 'a', engine, paths, signal, caches: false }).run()
  expect(world.volumes.size).toBe(0)
})
