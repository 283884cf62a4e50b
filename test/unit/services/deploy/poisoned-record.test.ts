import { identified } from '../../../../core/identity.ts'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeInventory } from '../../../../cluster/inventory/make-inventory.ts'
import { Refusal } from '../../../support/api-server/refusals.ts'
import { context } from '../../../support/steps.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

const account = (name: string, namespace: string) =>
  `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name}, namespace: ${namespace} }\n`
const inDev = (kind: string, name: string) => ({ apiVersion: 'v1', kind, name, namespace: 'dev' })

const webOf = async (folder: string, text: string) => {
  const file = join(folder, 'web.yaml')
  await writeFile(file, text)
  return madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
}

it('takes an empty namespace for none', async () => {
  await using world = await makeWorld()
  await world.up([await webOf(world.folder, account('a', '') + account('b', '""'))])
  for (const name of ['a', 'b'])
    expect(world.state.get(inDev('ServiceAccount', name))?.metadata.labels).toMatchObject({
      'kindup.dev/step': 'service.web',
    })
})

describe('a record of things that cannot be', () => {
  const poisoned = [
    { apiVersion: 'v1', kind: 'ServiceAccount', name: 'b', namespace: '' },
    { apiVersion: 'v1', kind: 'ServiceAccount', name: 'null', namespace: null },
    { apiVersion: 'v1', kind: 'ConfigMap', name: '', namespace: 'dev' },
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'a/b', namespace: 'dev' },
    { apiVersion: 'v1', kind: 'ConfigMap', name: '..', namespace: 'dev' },
    { apiVersion: 'gone.example.io/v1', kind: 'Gone', name: 'x', namespace: 'dev' },
    { apiVersion: 'dead.example.io/v1', kind: 'Dead', name: 'x', namespace: 'dev' },
  ]
  const poison = async (world: Awaited<ReturnType<typeof makeWorld>>) => {
    const record = makeInventory(world.kube)
    await record.begin({
      ...identified({ kind: 'service', name: 'web' }),
      title: 'web',
      kind: 'objects',
      needs: [],
      undo: { objects: poisoned, hooks: poisoned, namespaces: ['', 'dev'] },
    })
    world.state.put({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'null', namespace: 'default', labels: { 'kindup.dev/step': 'service.web' } },
    })
    world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } })
    world.state.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', namespace: 'dev' } })
    world.state.intercept(({ path }) =>
      path.startsWith('/apis/dead.example.io')
        ? new Refusal(503, 'ServiceUnavailable', 'service unavailable')
        : undefined,
    )
  }

  it('stops no removal, deletes nothing of others, and says what it left', async () => {
    await using world = await makeWorld()
    await poison(world)
    const ctx = context()
    await world.up([], ctx)
    expect((await makeInventory(world.kube).entries()).size).toBe(0)
    expect(world.state.get({ ...inDev('ServiceAccount', 'null'), namespace: 'default' })).toBeUndefined()
    expect(world.state.get(inDev('ConfigMap', 'theirs'))).toBeDefined()
    expect(ctx.warnings.join()).toContain('Dead dev/x')
  })

  it('stops no step that comes to its place', async () => {
    await using world = await makeWorld()
    await poison(world)
    await world.up([await webOf(world.folder, account('a', ''))])
    expect(world.state.get(inDev('ServiceAccount', 'a'))).toBeDefined()
  })
})
