import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

const claim = (more: string) =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } }, ${more} }\n`
const set = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  selector: { matchLabels: { app: db } }
  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: team/db, readinessProbe: { httpGet: { port: 80 } } }] } }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } } }]
`
const volume = `---\napiVersion: v1\nkind: PersistentVolume\nmetadata: { name: disk }\nspec: { storageClassName: manual, capacity: { storage: 1Mi }, accessModes: [ReadWriteOnce], hostPath: { path: /data } }\n`
const standard = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'rancher.io/local-path',
}

const deployed = async (text: string, before: readonly object[] = []) => {
  await using world = await makeWorld()
  const file = join(world.folder, 'all.yaml')
  await writeFile(file, text)
  const dev = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } }
  for (const object of [standard, dev, ...before]) world.state.put(object as typeof standard)
  const error = await world.up([madeDeployable('service/db', { source: { kind: 'manifests', paths: [file] } })]).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const applied = world.state.requests.filter(
    ({ method, path, query }) => method === 'PATCH' && !query.includes('dryRun') && /claims|statefulsets/.test(path),
  )
  return { error, applied: applied.length, file }
}

describe('a claim of a storage class', () => {
  it('that the cluster does not have is refused before anything is applied, with those that it has', async () => {
    const { error, applied, file } = await deployed(claim('storageClassName: fast'))
    expect(error).toMatchObject({
      code: 'storage-class-missing',
      message:
        'PersistentVolumeClaim data asks for the storage class fast, which the cluster does not have. It has standard (the default).',
      problems: [{ at: { file, line: 1 } }],
      hints: [expect.stringContaining('storageClassName'), expect.stringContaining('needs')],
    })
    expect(applied).toBe(0)
    expect((await deployed(set)).error).toMatchObject({
      message: expect.stringMatching(/^A volume claim of StatefulSet db asks for the storage class fast/),
    })
  })

  it('is not judged before the cluster has its first class: kind puts that in at the end', async () => {
    await using world = await makeWorld()
    const file = join(world.folder, 'all.yaml')
    await writeFile(file, claim('storageClassName: standard'))
    let asked = 0
    world.state.intercept(({ method, path }) => {
      if (method === 'GET' && path.startsWith('/apis/storage.k8s.io/v1/storageclasses')) asked += 1
      if (asked === 2) world.state.put(standard)
      return undefined
    })
    await world.up([madeDeployable('service/db', { source: { kind: 'manifests', paths: [file] } })])
    expect(asked).toBeGreaterThan(1)
  })

  it('is well where the class, or a volume of it, is there or among the objects', async () => {
    expect((await deployed(claim('storageClassName: standard'))).error).toBeUndefined()
    expect((await deployed(claim('storageClassName: manual') + volume)).error).toBeUndefined()
    expect((await deployed(claim('storageClassName: ""'))).error).toBeUndefined()
    expect((await deployed(claim('storageClassName: gone, volumeName: disk'))).error).toBeUndefined()
  })

  it('needs its class no more once it is bound', async () => {
    const bound = (name: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'dev' },
      spec: {
        storageClassName: 'fast',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Mi' } },
      },
      status: { phase: 'Bound' },
    })
    expect((await deployed(set, [bound('data-db-0')])).error).toBeUndefined()
    expect((await deployed(set, [bound('data-other-0')])).error).toMatchObject({ code: 'storage-class-missing' })
  })
})
