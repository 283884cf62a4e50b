import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SetValue } from '../../../../config/config.ts'
import { invalid } from '../../../support/api-server/refusals.ts'
import { context } from '../../../support/steps.ts'
import { fixtures, helm4, helms } from '../../manifests/helm/helms.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

/** Without what has to become ready. */
const light = { workload: false }
const inDev = (kind: string, name: string, apiVersion = 'v1') => ({ apiVersion, kind, name, namespace: 'dev' })
const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'dev' }

const app = (set: Record<string, SetValue> = {}, release = 'web') =>
  madeDeployable('service/web', {
    source: {
      kind: 'helm',
      chart: { chart: join(fixtures, 'charts', 'app') },
      release,
      values: [{ set: { image: 'team/web:1', ...set } }],
    },
  })
const upgrades = (commands: readonly string[]) => commands.filter((one) => / upgrade --install /.test(one)).length

/** How helm installs, upgrades, takes away and refuses differs. */
for (const helm of helms)
  describe.skipIf(helm.path === '')(`a step that deploys a chart with helm ${helm.major}`, () => {
    it('installs, calls no helm when nothing changed, upgrades, and takes it all away', async () => {
      await using world = await makeWorld(helm)
      expect(await world.up([app()])).toEqual(['service/web absent'])
      expect(world.state.get(inDev('Deployment', 'web', 'apps/v1'))?.metadata.labels).toMatchObject({
        'kindup.dev/step': 'service.web',
        'app.kubernetes.io/managed-by': 'Helm',
      })
      const [command] = world.commands.filter((one) => one.includes(' upgrade '))
      expect(command).toContain('--kube-context kind-demo')
      expect(command).toContain('--namespace dev')
      expect(command).not.toContain('team/web')
      world.commands.length = 0
      expect(await world.up([app()])).toEqual(['service/web ready'])
      expect(world.commands).toEqual([])
      expect(await world.up([app({ text: 'other', jobs: 2 })])).toEqual([
        'service/web changed its values changed; Job dev/web-migrate is replaced (spec.template: field is immutable)',
      ])
      expect(upgrades(world.commands)).toBe(1)
      expect(JSON.stringify(world.state.get(inDev('Deployment', 'web', 'apps/v1'))?.['spec'])).toContain('other')
      expect(await world.up([])).toEqual(['service/web removed'])
      expect(
        world.state.list({ apiVersion: 'v1', kind: 'Secret' }).filter(({ type }) => type === 'helm.sh/release.v1'),
      ).toEqual([])
      expect(world.state.get(namespace)).toBeUndefined()
    })

    it('says what helm said when it refuses', async () => {
      await using world = await makeWorld(helm)
      world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } })
      world.state.put({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'dev' },
        spec: { ports: [{ port: 80 }] },
      })
      await expect(world.up([app()])).rejects.toMatchObject({
        code: 'helm-failed',
        message: expect.stringContaining('invalid ownership metadata'),
      })
    })
  })

/** kindup decides these itself, from what it asks the API: its commands to helm are those of above. */
describe.skipIf(helm4.path === '')('a step that deploys a chart', () => {
  it('is not refused for what a trial leaves of helm in a live object, and is for what a new one would have too', async () => {
    await using world = await makeWorld(helm4)
    await world.up([app(light)])
    const kind = { group: '', plural: 'services', kind: 'Service' }
    const left = { field: 'spec.externalTrafficPolicy', message: 'Forbidden: may not be set' }
    const own = { field: 'spec.sessionAffinity', message: 'Unsupported value: "a"' }
    world.state.intercept(({ method, path, query }) => {
      if (method !== 'PATCH' || !query.includes('dryRun') || !path.includes('/services/')) return undefined
      return path.endsWith('/web') ? invalid(kind, 'web', [left, own]) : invalid(kind, 'web-try', [own])
    })
    const [step] = await world.steps([app({ ...light, text: 'other' })])
    const status = await step?.status(context())
    expect(status && 'refusal' in status && status.refusal?.problems.map(({ message }) => message)).toEqual([
      'Service dev/web: spec.sessionAffinity: Unsupported value: "a".',
    ])
  })

  it('goes on over what a killed helm left at its first revision', async () => {
    await using world = await makeWorld(helm4)
    world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } })
    world.state.put({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'sh.helm.release.v1.web.v1',
        namespace: 'dev',
        labels: { owner: 'helm', name: 'web', status: 'pending-install', version: '1' },
      },
      type: 'helm.sh/release.v1',
    })
    await world.up([app(light)])
    expect(world.state.get(inDev('Secret', 'sh.helm.release.v1.web.v1'))?.metadata.labels).toMatchObject({
      status: 'deployed',
    })
    expect(world.state.get(namespace)?.metadata.labels?.['kindup.dev/made']).toBeUndefined()
  })

  it('takes the old release away when it gets another name, or is no chart any more', async () => {
    await using world = await makeWorld(helm4)
    await world.up([app(light)])
    expect(await world.up([app(light, 'renamed')])).toEqual(['service/web changed its release changed'])
    expect(world.state.get(inDev('Service', 'web'))).toBeUndefined()
    expect(world.state.get(inDev('Service', 'renamed'))).toBeDefined()
    const file = join(world.folder, 'plain.yaml')
    await writeFile(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: renamed-values }\ndata: { a: "1" }\n')
    await world.up([madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })])
    expect(world.state.get(inDev('Service', 'renamed'))).toBeUndefined()
    expect(world.state.get(inDev('ConfigMap', 'renamed-values'))).toMatchObject({ data: { a: '1' } })
    await world.up([app(light, 'renamed')])
    expect(world.state.get(inDev('Service', 'renamed'))).toBeDefined()
    // What the chart brings under a name that was gone before it came is the chart's, and stays.
    expect(world.state.get(inDev('ConfigMap', 'renamed-values'))?.metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'Helm',
    })
  })
})
