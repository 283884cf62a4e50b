import { identified } from '../../../../core/identity.ts'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Kube } from '../../../../cluster/kube/kube.ts'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { makeInventory } from '../../../../cluster/inventory/make-inventory.ts'
import { readRenders, writeRenders } from '../../../../cluster/inventory/renders.ts'
import { startApiServer, type ApiServer } from '../../../support/api-server/start-api-server.ts'

let folder: string
let server: ApiServer
let kube: Kube

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-renders-'))
  server = await startApiServer()
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig)
  kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' })
  await makeInventory(kube).begin({
    ...identified({ kind: 'service', name: 'web' }),
    title: 'web',
    kind: 'objects',
    needs: [],
    undo: {},
  })
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

/** Text that gzip cannot make smaller than about three quarters. */
const noise = (bytes: number): string => randomBytes(bytes).toString('base64')

const isThere = (value: unknown): value is unknown => value !== undefined
const isText = (value: unknown): value is string => typeof value === 'string'

describe('what is kept beside the record', () => {
  it('is nothing at first, then what was written, then something else', async () => {
    expect(await readRenders(kube, 'service/web', isThere)).toEqual({})
    await writeRenders(kube, 'service/web', { current: { a: 'ä' } })
    expect(await readRenders(kube, 'service/web', isThere)).toEqual({ current: { a: 'ä' } })
    await writeRenders(kube, 'service/web', { current: { a: 2 }, previous: { a: 'ä' } })
    expect(await readRenders(kube, 'service/web', isThere)).toEqual({ current: { a: 2 }, previous: { a: 'ä' } })
    expect(await readRenders(kube, 'service/other', isThere)).toEqual({})
  })

  it('is no entry of the record, and goes with its entry', async () => {
    await writeRenders(kube, 'service/web', { current: 1 })
    expect([...(await makeInventory(kube).entries()).keys()]).toEqual(['service/web'])
    await makeInventory(kube).forget('service/web')
    expect(server.state.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup' })).toEqual([])
  })

  it('leaves the older one out where both do not fit into a Secret, and says how large it was', async () => {
    const [current, previous] = [noise(600_000), noise(500_000)]
    await writeRenders(kube, 'service/web', { current, previous })
    const read = await readRenders(kube, 'service/web', isText)
    expect(read.current).toBe(current)
    expect(read.previous).toBeUndefined()
    expect(read.tooLarge).toBeGreaterThan(480_000)
  })

  it('holds neither where one alone is too large, and the older one that fits', async () => {
    await writeRenders(kube, 'service/web', { current: noise(1_200_000), previous: 'small' })
    expect(await readRenders(kube, 'service/web', isThere)).toMatchObject({
      previous: 'small',
      tooLarge: expect.any(Number),
    })
    expect((await readRenders(kube, 'service/web', isThere)).current).toBeUndefined()
  })

  it('says which Secret cannot be read', async () => {
    await writeRenders(kube, 'service/web', { current: 1 })
    const [secret] = server.state
      .list({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup' })
      .filter(({ metadata }) => metadata.name.startsWith('render-'))
    await kube.mergePatch(
      { apiVersion: 'v1', kind: 'Secret', namespace: 'kindup', name: secret!.metadata.name },
      { data: { 'current.gz': Buffer.from('no gzip').toString('base64') } },
    )
    await expect(readRenders(kube, 'service/web', isThere)).rejects.toMatchObject({
      code: 'record-unreadable',
      message: expect.stringContaining(secret!.metadata.name),
    })
  })
})
