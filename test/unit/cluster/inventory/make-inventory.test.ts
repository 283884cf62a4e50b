import { identified } from '../../../../core/identity.ts'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { makeInventory } from '../../../../cluster/inventory/make-inventory.ts'
import type { Inventory } from '../../../../cluster/inventory/inventory.ts'
import { startApiServer } from '../../../support/api-server/start-api-server.ts'
import type { ApiServer } from '../../../support/api-server/start-api-server.ts'

let folder: string
let server: ApiServer
let open: () => Promise<Inventory>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-record-'))
  server = await startApiServer()
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig)
  open = async () => makeInventory(await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' }))
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const entry = {
  ...identified({ kind: 'service', name: 'web', environment: 'dev' }),
  title: 'web in dev',
  kind: 'helm',
  needs: ['cluster/api'],
  undo: { release: 'web' },
}
const secrets = () => server.state.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup' })
const idsOf = async (record: Inventory) => [...(await record.entries()).keys()]

describe('the record', () => {
  it('is empty in a cluster that kindup has not touched, and reading it makes nothing', async () => {
    expect(await idsOf(await open())).toEqual([])
    expect(server.state.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kindup' })).toBeUndefined()
  })

  it('tells another run what was begun and what was finished', async () => {
    const record = await open()
    await record.begin(entry)
    expect((await (await open()).entries()).get(entry.id)).toEqual(entry)
    await record.finish(entry.id, { chart: 'a1' })
    expect((await (await open()).entries()).get(entry.id)).toEqual({ ...entry, fingerprint: { chart: 'a1' } })
    await record.begin(entry)
    expect((await (await open()).entries()).get(entry.id)).toEqual(entry)
    await record.forget(entry.id)
    expect(await idsOf(await open())).toEqual([])
    expect(await idsOf(record)).toEqual([])
  })

  it('remembers that containers hold synced files until the work is done again, however often it is begun', async () => {
    const record = await open()
    const syncedIn = async () => (await (await open()).entries()).get(entry.id)?.synced
    await record.markSynced(entry.id)
    expect(await idsOf(await open())).toEqual([])
    await record.begin(entry)
    await record.finish(entry.id, { chart: 'a1' })
    await record.markSynced(entry.id)
    const at = await syncedIn()
    expect(at).toMatch(/^\d{4}-/)
    expect((await (await open()).entries()).get(entry.id)?.fingerprint).toEqual({ chart: 'a1' })
    await (await open()).begin(entry)
    expect(await syncedIn()).toBe(at)
    await (await open()).finish(entry.id, { chart: 'a1' })
    expect(await syncedIn()).toBeUndefined()
  })

  it('knows the steps of versions that remembered the id alone', async () => {
    const record = await open()
    const { of: _unknown, ...old } = entry
    await record.begin(entry)
    const [name = ''] = secrets().map(({ metadata }) => metadata.name)
    const kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' })
    const data = { entry: Buffer.from(JSON.stringify(old)).toString('base64') }
    await kube.mergePatch({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup', name }, { data })
    expect((await (await open()).entries()).get(entry.id)).toEqual(entry)
  })

  it('keeps one Secret a step, marked as ours, whose name any id fits', async () => {
    const record = await open()
    await Promise.all([
      record.begin(entry),
      record.begin({ ...entry, ...identified({ kind: 'addon', name: 'argocd' }) }),
    ])
    expect(secrets()).toHaveLength(2)
    for (const { metadata, type } of secrets()) {
      expect(metadata.name).toMatch(/^step-[0-9a-f]{16}$/)
      expect(metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'kindup' })
      expect(type).toBe('kindup.dev/step')
    }
  })

  it('is read once, and knows what it wrote itself', async () => {
    const record = await open()
    await Promise.all([
      record.begin(entry),
      record.begin({ ...entry, ...identified({ kind: 'a' }) }),
      record.entries(),
      record.entries(),
    ])
    await record.finish('a', { x: '1' })
    expect((await record.entries()).get('a')?.fingerprint).toEqual({ x: '1' })
    const lists = server.state.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/secrets'))
    expect(lists).toHaveLength(1)
  })

  it('is asked again after it could not be read', async () => {
    const record = await open()
    await (await open()).begin(entry)
    const { state } = server
    state.put({ ...secrets()[0]!, data: { entry: Buffer.from('{').toString('base64') } })
    await expect(record.entries()).rejects.toMatchObject({
      code: 'record-unreadable',
      hints: expect.arrayContaining([expect.stringMatching(/^kubectl delete secret --namespace kindup step-/)]),
    })
    state.remove({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup', name: secrets()[0]!.metadata.name })
    expect(await idsOf(record)).toEqual([])
  })

  it('holds a lot, compressed, and says in words when it is too much', async () => {
    const record = await open()
    const large = { ...entry, undo: { manifest: 'kind: Deployment\n'.repeat(200_000) } }
    await record.begin(large)
    expect((await (await open()).entries()).get(entry.id)).toEqual(large)
    const tooLarge = { ...entry, undo: randomBytes(1_200_000).toString('base64') }
    await expect(record.begin(tooLarge)).rejects.toMatchObject({
      code: 'record-too-large',
      message: expect.stringMatching(/^What has to be remembered of service\/web@dev takes \d+ bytes/),
    })
    expect((await (await open()).entries()).get(entry.id)).toEqual(large)
  })

  it('takes a new way to undo when the work is done', async () => {
    const record = await open()
    await record.begin({ ...entry, undo: ['old', 'new'] })
    await record.finish(entry.id, { chart: 'a1' }, ['new'])
    expect((await (await open()).entries()).get(entry.id)?.undo).toEqual(['new'])
  })

  it('counts a finish without a begin as a defect', async () => {
    await expect((await open()).finish('never', {})).rejects.toThrow('never was finished without having begun')
  })
})
