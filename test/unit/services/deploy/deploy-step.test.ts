import { identified } from '../../../../core/identity.ts'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeInventory } from '../../../../cluster/inventory/make-inventory.ts'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { context } from '../../../support/steps.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

const configMap = (name: string, value = '1') =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: "${value}" }\n`
const job = (args: string) =>
  `---\napiVersion: batch/v1\nkind: Job\nmetadata: { name: migrate }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: m, image: x, args: ["${args}"] }] } } }\n`
const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: team/web, readinessProbe: { httpGet: { port: 80 } } }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ host: web.local }] }
`
const service = (name: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { ports: [{ port: 80 }] }\n`
const definition = `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.io }
spec: { group: example.io, scope: Namespaced, names: { kind: Thing, plural: things }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }
`
const thing = '---\napiVersion: example.io/v1\nkind: Thing\nmetadata: { name: mine }\n'

const plain = async (folder: string, text: string, id = 'service/web', parts: Partial<Deployable> = {}) => {
  const file = join(folder, `${id.replaceAll('/', '-')}.yaml`)
  await writeFile(file, text)
  return madeDeployable(id, { source: { kind: 'manifests', paths: [file] }, ...parts })
}
const writtenBy = (manager: string) => ({
  manager,
  operation: 'Update' as const,
  apiVersion: 'v1',
  time: '2026-11-26T09:00:00Z',
  fieldsType: 'FieldsV1' as const,
  fieldsV1: { 'f:spec': {} },
})
const inDev = (kind: string, name: string, apiVersion = 'v1') => ({ apiVersion, kind, name, namespace: 'dev' })
const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'dev' }

describe('a step that deploys objects', () => {
  it('makes its namespace, sends its images, waits until it is ready, and does nothing the second time', async () => {
    await using world = await makeWorld()
    const web = await plain(world.folder, deployment)
    expect(await world.up([web])).toEqual(['service/web absent'])
    expect(world.state.get(inDev('Deployment', 'web', 'apps/v1'))).toMatchObject({
      metadata: { labels: { 'kindup.dev/cluster': 'demo', 'kindup.dev/step': 'service.web' } },
      status: { availableReplicas: 1 },
    })
    expect(world.state.get(namespace)?.metadata.labels).toMatchObject({ 'kindup.dev/made': 'namespace' })
    expect(world.loaded).toEqual(['team/web → demo-control-plane'])
    const before = world.state.requests.length
    expect(await world.up([web])).toEqual(['service/web ready'])
    expect(world.state.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
    const [step] = await world.steps([web])
    expect(await step?.facts?.(context())).toEqual({
      hosts: ['web.local'],
      endpoints: [{ name: 'web', url: `http://web.local:${world.ingressPort}` }],
    })
  })

  it('takes away what an earlier run applied and the file no longer renders', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, configMap('a') + configMap('b'))])
    expect(await world.up([await plain(world.folder, configMap('a', '2'))])).toEqual([
      'service/web changed its files changed',
    ])
    expect(world.state.get(inDev('ConfigMap', 'a'))).toMatchObject({ data: { a: '2' } })
    expect(world.state.get(inDev('ConfigMap', 'b'))).toBeUndefined()
  })

  it('leaves an object that another step has taken over', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, configMap('a') + configMap('b'))])
    const other = await plain(world.folder, configMap('b'), 'service/other')
    const web = await plain(world.folder, configMap('a', '2'))
    await world.up([other, web])
    expect(world.state.get(inDev('ConfigMap', 'b'))?.metadata.labels).toMatchObject({
      'kindup.dev/step': 'service.other',
    })
  })

  it('takes a key away from a Secret that is no longer in its `stringData`', async () => {
    await using world = await makeWorld()
    const secret = (data: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: basic }\ndata: { kept: MQ== }\nstringData: ${data}\n`
    await world.up([await plain(world.folder, secret('{ username: admin, password: t0p }'))])
    await world.up([await plain(world.folder, secret('{ username1: admin, password: t0p }'))])
    expect(world.state.get(inDev('Secret', 'basic'))?.['data']).toEqual({
      kept: 'MQ==',
      username1: 'YWRtaW4=',
      password: 'dDBw',
    })
  })

  it('replaces a Job whose spec is another, and leaves one alone that is the same', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, job('one'))])
    const uid = () => world.state.get(inDev('Job', 'migrate', 'batch/v1'))?.metadata.uid
    const first = uid()
    await world.up([await plain(world.folder, job('one') + configMap('new'))])
    expect(uid()).toBe(first)
    await world.up([await plain(world.folder, job('two'))])
    expect(uid()).not.toBe(first)
  })

  it('replaces a binding of its own that gives another role, and leaves one that does not', async () => {
    await using world = await makeWorld()
    const binding = (role: string) =>
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: look }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role} }\n`
    const ref = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'look' }
    await world.up([await plain(world.folder, binding('cluster-admin'))])
    const before = world.state.get(ref)?.metadata.uid
    await world.up([await plain(world.folder, binding('view'))])
    expect(world.state.get(ref)).toMatchObject({ roleRef: { name: 'view' } })
    expect(world.state.get(ref)?.metadata.uid).not.toBe(before)
    const now = world.state.get(ref)?.metadata.uid
    await world.up([await plain(world.folder, `${binding('view')}subjects: []\n`)])
    expect(world.state.get(ref)?.metadata.uid).toBe(now)
  })

  it('runs a Job again that has failed: what it wanted may be there by now', async () => {
    await using world = await makeWorld()
    const migrate = await plain(
      world.folder,
      job('one').replace('spec: { template', 'spec: { backoffLimit: 0, template'),
    )
    world.state.behave('migrate', 'fails')
    await expect(world.up([migrate])).rejects.toThrow(/migrate: failed/)
    world.state.behave('migrate', 'ready')
    await world.up([migrate])
    expect(world.state.get(inDev('Job', 'migrate', 'batch/v1'))?.status).toMatchObject({ succeeded: 1 })
  })

  it('takes volume claims of its StatefulSets away with itself, and no others', async () => {
    await using world = await makeWorld()
    const claim = (name: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'dev', managedFields: [writtenBy('kube-controller-manager')] },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    })
    const db = (name: string) =>
      plain(
        world.folder,
        `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name} }
spec:
  replicas: 0
  selector: { matchLabels: { app: db } }
  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: x, readinessProbe: { httpGet: { port: 80 } } }] } }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } } }]
`,
        'service/db',
      )
    await world.up([await db('db')])
    for (const name of ['data-db-0', 'data-db-12', 'data-db-other-0', 'mine']) world.state.put(claim(name))
    const names = () =>
      world.state
        .list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'dev' })
        .map(({ metadata }) => metadata.name)
    await world.up([await db('database')])
    expect(names()).toHaveLength(4)
    await world.up([await db('db')])
    await world.up([])
    expect(names()).toEqual(['data-db-other-0', 'mine'])
  })

  it('says what is gone or not ready although nothing of the file changed, and fixes it', async () => {
    await using world = await makeWorld()
    const web = await plain(world.folder, configMap('a') + deployment)
    await world.up([web])
    world.state.remove(inDev('ConfigMap', 'a'))
    expect(await world.up([web])).toEqual(['service/web broken ConfigMap dev/a is gone'])
    expect(world.state.get(inDev('ConfigMap', 'a'))).toBeDefined()
  })

  it('waits for definitions before it makes anything of them, and deletes what is made of them first', async () => {
    await using world = await makeWorld()
    const operator = await plain(world.folder, definition, 'service/operator')
    const user = await plain(world.folder, thing)
    expect((await world.steps([user, operator]))[0]?.needs).toEqual(['cluster/api', 'service/operator'])
    await world.up([operator, user])
    expect(world.state.get(inDev('Thing', 'mine', 'example.io/v1'))).toBeDefined()
    expect(await world.up([])).toEqual(['service/web removed', 'service/operator removed'])
    expect(world.state.list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' })).toEqual([])
    expect(world.state.get(namespace)).toBeUndefined()
  })

  it('keeps a namespace that holds something of somebody else, and says so', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, configMap('a'))])
    world.state.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'mine', namespace: 'dev' },
      spec: { ports: [{ port: 80 }] },
    })
    const ctx = context()
    await world.up([], ctx)
    expect(world.state.get(namespace)).toBeDefined()
    expect(world.state.get(inDev('ConfigMap', 'a'))).toBeUndefined()
    expect(ctx.warnings).toEqual([expect.stringContaining('dev stays: it holds Service mine')])
  })

  it('takes a namespace of several steps away with the last of them, and warns of nothing', async () => {
    await using world = await makeWorld()
    const services = await Promise.all(
      ['a', 'b'].map((name) => plain(world.folder, `${configMap(name)}---\n${service(name)}`, `service/${name}`)),
    )
    await world.up(services)
    const ctx = context()
    expect(await world.up(services.slice(1), ctx)).toEqual(['service/a removed', 'service/b ready'])
    expect(world.state.get(namespace)).toBeDefined()
    await world.up(services)
    await world.up([], ctx)
    expect(world.state.get(namespace)).toBeUndefined()
    expect(ctx.warnings).toEqual([])
  })

  it('says nothing of the release that another step still has in the namespace', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world.folder, configMap('a'))])
    await world.kube.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'sh.helm.release.v1.web.v1', namespace: 'dev', labels: { owner: 'helm', name: 'web' } },
      type: 'helm.sh/release.v1',
    })
    await makeInventory(world.kube).begin({
      ...identified({ kind: 'service', name: 'other' }),
      title: 'other',
      kind: 'helm',
      needs: [],
      undo: { releases: [{ release: 'web', namespace: 'dev' }] },
    })
    const ctx = context()
    const [web] = await world.steps([await plain(world.folder, configMap('a'))])
    await web?.down(ctx)
    expect(world.state.get(namespace)).toBeDefined()
    expect(ctx.warnings).toEqual([])
  })

  it('names the pod that runs elsewhere than it was placed', async () => {
    await using world = await makeWorld()
    const web = await plain(world.folder, deployment, 'service/web', {
      placement: { tier: 'nowhere' },
      placementBy: 'values',
    })
    await expect(world.up([web])).rejects.toMatchObject({
      code: 'misplaced',
      message: expect.stringMatching(/tier=nowhere.*web-.* runs on demo-control-plane/),
    })
  })

  it('gives a node port away before the Service of another name takes it, and keeps what is in nobody’s way', async () => {
    await using world = await makeWorld()
    const port = (name: string) =>
      `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { type: NodePort, ports: [{ port: 80, nodePort: 30080 }] }\n`
    await world.up([await plain(world.folder, configMap('old') + port('old'))])
    const before = world.state.requests.length
    await world.up([await plain(world.folder, configMap('new') + port('new'))])
    const changes = world.state.requests
      .slice(before)
      .filter(
        ({ method, path, query }) =>
          method !== 'GET' && /(services|configmaps)/.test(path) && !query.includes('dryRun'),
      )
      .map(({ method, path }) => `${method} ${path.replace(/.*\/(\w+\/\w+)(\?.*)?$/, '$1')}`)
    expect(changes).toEqual([
      'DELETE services/old',
      expect.stringMatching(/^PATCH /),
      expect.stringMatching(/^PATCH /),
      'DELETE configmaps/old',
    ])
  })

  it('finishes after it was stopped in the middle', async () => {
    await using world = await makeWorld()
    const web = await plain(world.folder, configMap('a') + deployment)
    world.state.behave('web', 'slow')
    const stop = new AbortController()
    const ctx = { ...context(stop.signal), report: (line: string) => void (line.includes('waiting') && stop.abort()) }
    await expect(world.up([web], ctx)).rejects.toMatchObject({ code: 'stopped' })
    world.state.behave('web', 'ready')
    expect(await world.up([web])).toEqual(['service/web changed the last run did not finish it'])
    expect(await world.up([web])).toEqual(['service/web ready'])
  })
})
