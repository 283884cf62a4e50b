import { mkdir, readFile, rename } from 'node:fs/promises'
import process from 'node:process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { locationOf } from '../../cluster/tools/locations.ts'
import { pinned } from '../../cluster/tools/versions.ts'
import { releaseServer, type ReleaseServer } from '../support/release-server.ts'
import { shop, soundly, type Shop } from './shop.ts'

// A machine with an engine and no kind: the mirror has the stand-in.
let at: Shop
let server: ReleaseServer
let path = ''
beforeEach(async () => {
  at = await shop()
  server = await releaseServer()
  path = locationOf('kind', pinned.kind, process)?.url.replace('https:/', '') ?? ''
  server.release(path, await readFile(at.path('bin', 'kind')))
  await mkdir(at.path('engine'))
  await rename(at.path('bin', 'docker'), at.path('engine', 'docker'))
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await at[Symbol.asyncDispose]()
})

const env = () => ({ KINDUP_TOOLS_MIRROR: server.base, PATH: at.path('engine') })
const kindup = async (...args: readonly string[]) => soundly(at, await at.kindup(args, env()))

it('up gets kind while it looks around, once, and plan never', async () => {
  expect((await kindup('plan')).code).toBe(0)
  expect(server.asked).toEqual([])
  const first = await kindup('up')
  expect([first.code, first.stderr]).toEqual([0, expect.not.stringContaining('will be downloaded')])
  expect(at.calls.some((call) => call.startsWith('kind create cluster'))).toBe(true)
  expect(server.asked).toEqual([`${path}.sha256sum`, path])
  expect((await kindup('up')).code).toBe(0)
  expect(server.asked).toHaveLength(2)
})

it('an up that does not need kind any more does not wait for it', async () => {
  expect((await kindup('up')).code).toBe(0)
  // Never answers.
  server.instead(`${path}.sha256sum`, () => undefined)
  const again = await at.kindup(['up'], { ...env(), KINDUP_CACHE: at.path('other') })
  expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining('✗')])
  expect(server.asked).toHaveLength(3)
})

it('an up that cannot get kind says so on one page, and leaves no cluster', async () => {
  server.instead(path, (_request, response) => response.writeHead(403).end())
  const { code, stderr } = await kindup('up')
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/no kind to work with[^]*it answers 403[^]*KINDUP_TOOLS_MIRROR=/),
  ])
  expect(at.world.clusters.size).toBe(0)
})
