import { identified } from '../../../../core/identity.ts'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeInventory } from '../../../../cluster/inventory/make-inventory.ts'
import type { SetValue } from '../../../../config/config.ts'
import type { KeptRender } from '../../../../services/deploy/kept-render.ts'
import { recordedDeps } from '../../../../services/recorded-undo.ts'
import { readUndo } from '../../../../services/remove/undo.ts'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { findRender } from '../../../../services/rollback/find-render.ts'
import { rollbackStep } from '../../../../services/rollback/rollback-step.ts'
import { context } from '../../../support/steps.ts'
import { makeWorld } from '../deploy/world.ts'
import { fixtures, helm4, helms } from '../../manifests/helm/helms.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'

type World = Awaited<ReturnType<typeof makeWorld>>

/** Rolls service/web back; answers the ids of what was tested after it. */
const rollBack = async (
  { cluster, kube, folder }: World,
  during: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> => {
  const entries = [...(await makeInventory(kube).entries()).values()]
  const entry = entries.find(({ id }) => id === 'service/web')!
  const tested: string[] = []
  const deps = {
    ...recordedDeps({ cluster, env: { KINDUP_CACHE: folder } }, entries),
    test: async ({ namespace }: { namespace: string }) => {
      tested.push(namespace)
      await during()
    },
  }
  await rollbackStep(entry, await findRender(kube, entry), deps).up(context())
  return tested
}
const plain = async (folder: string, value: string): Promise<Deployable> => {
  const file = join(folder, 'web.yaml')
  await writeFile(file, `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: plain }\ndata: { a: "${value}" }\n`)
  return madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
}
const inDev = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: 'dev' })

const app = (set: Record<string, SetValue> = {}) =>
  madeDeployable('service/web', {
    source: {
      kind: 'helm',
      chart: { chart: join(fixtures, 'charts', 'app') },
      release: 'web',
      values: [{ set: { workload: false, ...set } }],
    },
  })
const text = (world: World) => JSON.stringify(world.state.get(inDev('web-values'))?.['data'])
const revisions = (world: World) =>
  world.state
    .list({ apiVersion: 'v1', kind: 'Secret', namespace: 'dev' })
    .filter(({ type }) => type === 'helm.sh/release.v1')
    .map(({ metadata }) => `${metadata.labels?.['version']} ${metadata.labels?.['status']}`)
    .toSorted()

/** What helm writes into its history differs, and so does how it applies: helm 4 lets the API server merge. */
for (const helm of helms)
  describe.skipIf(helm.path === '')(`rollback with helm ${helm.major}`, () => {
    it('leaves a history that helm understands, goes forward again, and up goes on from it', async () => {
      await using world = await makeWorld(helm)
      await world.up([app({ text: 'one' })])
      await world.up([app({ text: 'two' })])
      expect(await rollBack(world)).toEqual(['dev'])
      expect(text(world)).toContain('one')
      expect(revisions(world)).toEqual(['1 superseded', '2 superseded', '3 deployed'])
      expect(await world.up([app({ text: 'one' })])).toEqual(['service/web ready'])
      await rollBack(world)
      expect(text(world)).toContain('two')
      expect(await world.up([app({ text: 'three' })])).toEqual([
        expect.stringMatching(/^service\/web changed it was rolled back to .* UTC; its values changed$/),
      ])
      expect(text(world)).toContain('three')
      expect(revisions(world).at(-1)).toBe('5 deployed')
      expect(world.state.get(inDev('web-values'))?.metadata.labels).toMatchObject({ 'kindup.dev/step': 'service.web' })
    })

    it('leaves the number of replicas to an autoscaler, and takes that of then where it is gone', async () => {
      await using world = await makeWorld(helm)
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'dev' }
      const replicas = () => world.state.get(deployment)?.spec?.['replicas']
      const scale = (count: number) => {
        const live = world.state.get(deployment)!
        world.state.put({ ...live, spec: { ...live.spec, replicas: count } })
      }
      const theirs = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace: 'dev', name: 'theirs' }
      await world.up([app({ workload: true, replicas: 2, text: 'one' })])
      await world.up([app({ workload: true, replicas: 2, text: 'two' })])
      const { apiVersion, kind, ...metadata } = theirs
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
      world.state.put({ apiVersion, kind, metadata, spec: { scaleTargetRef, maxReplicas: 5 } })
      scale(4)
      await rollBack(world)
      expect(text(world)).toContain('one')
      expect(replicas()).toBe(4)
      world.state.remove(theirs)
      await rollBack(world)
      expect(text(world)).toContain('two')
      expect(replicas()).toBe(2)
    })
  })

/** kindup reads and writes the Secrets of the history itself, before any helm is started. */
describe.skipIf(helm4.path === '')('rollback of a release', () => {
  it('goes on over what a killed rollback left', async () => {
    await using world = await makeWorld(helm4)
    await world.up([app({ text: 'one' })])
    await world.up([app({ text: 'two' })])
    const left = { name: 'sh.helm.release.v1.web.v3', namespace: 'dev' }
    const labels = { owner: 'helm', name: 'web', version: '3', status: 'pending-rollback' }
    world.state.put({ apiVersion: 'v1', kind: 'Secret', metadata: { ...left, labels }, type: 'helm.sh/release.v1' })
    await rollBack(world)
    expect(text(world)).toContain('one')
    expect(revisions(world).at(-1)).toBe('3 deployed')
  })

  it('says that helm has forgotten the release, and leaves what is there', async () => {
    await using world = await makeWorld(helm4)
    await world.up([app()])
    await world.up([await plain(world.folder, '1')])
    await expect(rollBack(world)).rejects.toMatchObject({
      code: 'nothing-to-roll-back-to',
      message: 'helm no longer has revision 1 of web in dev: the release is gone.',
    })
    expect(world.state.get(inDev('plain'))).toBeDefined()
    expect(await world.up([await plain(world.folder, '1')])).toEqual(['service/web ready'])
  })

  it('goes from a release back to plain manifests', async () => {
    await using world = await makeWorld(helm4)
    await world.up([await plain(world.folder, '1')])
    await world.up([app()])
    expect(world.state.get(inDev('plain'))).toBeUndefined()
    await rollBack(world)
    expect(world.state.get(inDev('plain'))).toMatchObject({ data: { a: '1' } })
    expect(revisions(world)).toEqual([])
    expect(await world.up([])).toEqual(['service/web removed'])
    expect(world.state.get(inDev('plain'))).toBeUndefined()
  })
})

describe('what a rollback leads to', () => {
  it('is nothing after one deployment, and the same deployment again counts as one', async () => {
    await using world = await makeWorld()
    const web = await plain(world.folder, '1')
    await world.up([web])
    const record = makeInventory(world.kube)
    await record.begin((await record.entries()).get('service/web')!)
    await world.up([web])
    await expect(rollBack(world)).rejects.toMatchObject({ code: 'nothing-to-roll-back-to' })
  })

  it('is what was last ready, where a deployment since has failed', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, '1')])
    await world.up([await plain(world.folder, '2')])
    const bad = {
      ...(await plain(world.folder, '3')),
      verify: () => Promise.reject(new Error('it does not answer as it should')),
    }
    await expect(world.up([bad])).rejects.toThrow('it does not answer as it should')
    expect(world.state.get(inDev('plain'))).toMatchObject({ data: { a: '3' } })
    await rollBack(world)
    expect(world.state.get(inDev('plain'))).toMatchObject({ data: { a: '2' } })
    await rollBack(world)
    expect(world.state.get(inDev('plain'))).toMatchObject({ data: { a: '1' } })
  })

  it('stays the same where a rollback was interrupted', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, '1')])
    await world.up([await plain(world.folder, '2')])
    const record = makeInventory(world.kube)
    await record.begin({ ...(await record.entries()).get('service/web')!, note: 'it was rolled back' })
    await rollBack(world)
    expect(world.state.get(inDev('plain'))).toMatchObject({ data: { a: '1' } })
  })

  it('changes nothing where the registry no longer holds the files that Flux read then', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, '1')])
    await world.up([await plain(world.folder, '2')])
    const entry = (await makeInventory(world.kube).entries()).get('service/web')!
    const { to, other } = await findRender(world.kube, entry)
    const registry = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1')
    await once(registry, 'listening')
    const { port } = registry.address() as AddressInfo
    const objects = { worktree: { root: world.folder, folder: '.' }, digest: `sha256:${'a'.repeat(64)}` }
    const delivery = { tool: 'flux', home: 'flux-system', name: 'web', repository: 'kindup/web', port, objects }
    const deps = { ...recordedDeps({ cluster: world.cluster, env: {} }, [entry]), test: () => Promise.resolve() }
    const before = world.state.requests.length
    const asThen = { to: { ...to, delivery } as unknown as KeptRender, other }
    await expect(rollbackStep(entry, asThen, deps).up(context())).rejects.toMatchObject({
      code: 'image-lost',
      message: `The registry localhost:${port} no longer holds the files of then.`,
    })
    registry.close()
    expect(world.state.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
    expect((await makeInventory(world.kube).entries()).get('service/web')?.fingerprint).toBeDefined()
  })

  it('is recorded with all that both ways made until it is done', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, '1')])
    const file = join(world.folder, 'other.yaml')
    await writeFile(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\n')
    await world.up([madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })])
    const recorded = async (): Promise<readonly string[]> => {
      const entry = (await makeInventory(world.kube).entries()).get('service/web')
      return readUndo(entry?.undo)
        .objects.map(({ name }) => name)
        .toSorted()
    }
    const during: (readonly string[])[] = []
    await rollBack(world, async () => void during.push(await recorded()))
    expect(during).toEqual([['other', 'plain']])
    expect(await recorded()).toEqual(['plain'])
  })

  it('is not there for an add-on', async () => {
    await using world = await makeWorld()
    await world.up([{ ...(await plain(world.folder, '1')), ...identified({ kind: 'addon', name: 'x' }) }])
    const secrets = world.state.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'kindup' })
    expect(secrets.map(({ type }) => type)).toEqual(['kindup.dev/step'])
  })
})
