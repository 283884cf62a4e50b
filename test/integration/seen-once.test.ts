import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { shop } from './shop.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** How often each one stands there, of those that stand there more than once. */
const several = (all: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(all, (one) => one)].flatMap(([one, same]) => (same.length > 1 ? [[one, same.length]] : [])),
  )

describe('what a run asks and reads', () => {
  it('asks the engine the same only once in an up that changes nothing, and starts no other program', async () => {
    await using at = await shop()
    await at.well('up', '--json')
    const before = at.calls.length
    const again = await at.well('up', '--json')
    expect(again.json().steps.map(({ result }) => result)).not.toContain('updated')
    const calls = at.calls.slice(before)
    expect(several(calls)).toEqual({})
    expect(calls.filter((call) => !call.startsWith('docker '))).toEqual([])
    expect(calls.length).toBeLessThanOrEqual(8)
  })

  it('looks into a node once, for however many images', async () => {
    await using at = await shop()
    await at.write('api/Dockerfile', 'FROM scratch\n')
    await at.write('api.yaml', (await at.read('api.yaml')).replace('example/api:1', 'example/api'))
    await at.edit(
      '  api:\n',
      '  api:\n    image: { build: ./api, name: example/api, tag: hash }\n    placement: { tier: backend }\n',
    )
    await at.well('up', '--json')
    const before = at.calls.length
    await at.well('up', '--json')
    const calls = at.calls.slice(before)
    expect(calls.filter((call) => call.includes(' crictl images '))).toHaveLength(1)
    expect(several(calls)).toEqual({})
  })

  it('asks the engine three things in a plan without a cluster, before any has answered, and never about itself', async () => {
    await using at = await shop()
    const asked = Promise.withResolvers<undefined>()
    // The first question is answered when the others have been asked.
    at.at('docker version', () => asked.promise)
    at.at(
      'docker ps',
      () => void (at.calls.some((call) => call.startsWith('docker volume')) && asked.resolve(undefined)),
    )
    at.at(
      'docker volume',
      () => void (at.calls.some((call) => call.startsWith('docker ps')) && asked.resolve(undefined)),
    )
    await at.well('plan', '--json')
    expect(at.calls.map((call) => call.split(' ').slice(0, 2).join(' ')).toSorted()).toEqual([
      'docker ps',
      'docker version',
      'docker volume',
    ])
  })

  it('sees in the next run what was changed behind its back', async () => {
    await using at = await shop()
    await at.well('up', '--json')
    for (const container of at.world.containers.values()) container.running = false
    const status = await at.run('status', '--json')
    expect(status.code).toBe(1)
    expect(status.stdout).toContain('stopped')
  })

  it('reads each file of the reference example once in a plan', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kindup-'))
    try {
      const file = join(folder, 'read')
      const hook = fileURLToPath(new URL('../support/read-files.mjs', import.meta.url))
      const ran = spawnSync(process.execPath, ['--import', hook, 'scripts/kindup.mjs', 'plan', '--json'], {
        cwd: root,
        encoding: 'utf8',
        env: { PATH: folder, HOME: folder, KINDUP_CACHE: join(folder, 'cache'), KINDUP_READ: file, NO_COLOR: '1' },
      })
      expect(ran.status).toBe(0)
      const read = (await readFile(file, 'utf8')).split('\n').filter((path) => path.startsWith(root))
      const ofExample = read.filter((path) => /kindup\.yaml$|manifests[\\/]demo/.test(path))
      expect(ofExample.length).toBeGreaterThan(10)
      expect(several(ofExample)).toEqual({})
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
