import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeInventory } from '../../../../cluster/inventory/make-inventory.ts'
import type { Obj } from '../../../support/api-server/object.ts'
import { Refusal } from '../../../support/api-server/refusals.ts'
import { context } from '../../../support/steps.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from '../deploy/world.ts'

type World = Awaited<ReturnType<typeof makeWorld>>

const plain = async (world: World, text: string, id = 'service/web') => {
  const file = join(world.folder, `${id.replaceAll('/', '-')}.yaml`)
  await writeFile(file, text)
  return madeDeployable(id, { source: { kind: 'manifests', paths: [file] } })
}
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ours }\n'
const definition = `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.io }
spec: { group: example.io, scope: Namespaced, names: { kind: Thing, plural: things }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }] }
`
const thing = '---\napiVersion: example.io/v1\nkind: Thing\nmetadata: { name: ours }\n'
const devNamespace = { apiVersion: 'v1', kind: 'Namespace', name: 'dev' }

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } }

/** Everything that people and their tools put into a namespace. */
const kinds: readonly (readonly [string, string, object])[] = [
  ['v1', 'ConfigMap', { data: { a: '1' } }],
  ['v1', 'Secret', { data: { a: 'MQ==' } }],
  ['v1', 'ServiceAccount', {}],
  ['v1', 'Service', { spec: { ports: [{ port: 80 }] } }],
  ['v1', 'Endpoints', { subsets: [] }],
  ['v1', 'ResourceQuota', { spec: { hard: { pods: '5' } } }],
  ['v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }],
  [
    'v1',
    'PersistentVolumeClaim',
    { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } } },
  ],
  ['apps/v1', 'ControllerRevision', { revision: 1, data: { a: 1 } }],
  ['batch/v1', 'CronJob', { spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } } }],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } } },
  ],
  ['policy/v1', 'PodDisruptionBudget', { spec: {} }],
  ['rbac.authorization.k8s.io/v1', 'Role', { rules: [] }],
  [
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' } },
  ],
  ['networking.k8s.io/v1', 'Ingress', { spec: { defaultBackend: { service: { name: 'x', port: { number: 80 } } } } }],
  ['networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } }],
  ['discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] }],
  ['example.io/v1', 'Thing', { spec: {} }],
]

/** The same numbers each time. */
const numbers = (seed: number) => (below: number) => {
  seed = (seed * 1103515245 + 12345) % 2147483648
  return Math.floor((seed / 2147483648) * below)
}

const foreign = (number: (below: number) => number, namespace: string, mark: string): Obj => {
  const [apiVersion, kind, more] = kinds[number(kinds.length)] ?? kinds[0]!
  const names = ['theirs', 'ours', 'data-db', 'default', 'sh.helm.release.v1.theirs.v']
  const drawn = `${names[number(names.length)]}${kind.toLowerCase()}-${mark}`
  // Names of Services are names of hosts.
  const name = kind === 'Service' ? drawn.replaceAll('.', '-') : drawn
  const copied = number(4) === 0 ? { 'kindup.dev/cluster': 'demo', 'kindup.dev/step': `service.${namespace}` } : {}
  const helm = number(6) === 0 ? { owner: 'helm', name: 'theirs', 'app.kubernetes.io/managed-by': 'Helm' } : {}
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels: { ...copied, ...helm } },
    ...more,
  }
}

/** Some hundred take a minute: KINDUP_TEST_REMOVALS=200. */
const removals = Number(process.env['KINDUP_TEST_REMOVALS'] ?? 16)

describe('what kindup did not make', () => {
  it(`is never deleted, in ${removals} removals among objects that others made`, { timeout: 600_000 }, async () => {
    await using world = await makeWorld()
    const number = numbers(20261126)
    const operator = await plain(world, definition, 'service/operator')
    const places = Array.from({ length: 8 }, (_one, index) => `dev-${index}`)
    const services = await Promise.all(
      places.map(async (namespace) => ({
        ...(await plain(world, `${configMap}${thing}`, `service/${namespace}`)),
        namespace,
      })),
    )
    for (let round = 0; round < removals / places.length; round += 1) {
      await world.up([operator, ...services])
      const theirs = places.flatMap((place) =>
        Array.from({ length: 1 + number(3) }, (_one, index) => foreign(number, place, `${round}-${index}`)),
      )
      for (const object of theirs) world.state.put(object)
      await world.up(number(2) === 0 ? [] : [operator])
      const refs = theirs.map(({ apiVersion, kind, metadata: { name, namespace = '' } }) => ({
        apiVersion,
        kind,
        name,
        namespace,
      }))
      expect(refs.filter((ref) => world.state.get(ref) === undefined)).toEqual([])
      for (const name of places) {
        expect(world.state.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'ours', namespace: name })).toBeUndefined()
        expect(world.state.get({ apiVersion: 'v1', kind: 'Namespace', name })).toBeDefined()
      }
      for (const ref of refs) world.state.remove(ref)
    }
    await world.up([operator, ...services])
    await world.up([])
    for (const name of places) expect(world.state.get({ apiVersion: 'v1', kind: 'Namespace', name })).toBeUndefined()
  })

  it('keeps its namespace, and is named with who wrote it and what deletes it', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world, configMap)])
    const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    for (const [kind, more] of [
      ['Role', { rules }],
      ['RoleBinding', { roleRef: role }],
    ] as const)
      world.state.put({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind,
        metadata: { name: 'r', namespace: 'dev' },
        ...more,
      })
    const ctx = context()
    await world.up([], ctx)
    expect(ctx.warnings).toEqual([
      'The namespace dev stays: it holds Role r (by test), RoleBinding r (by test), which kindup did not make. `kubectl delete namespace dev` deletes it with all that is in it.',
    ])
  })

  it('keeps a namespace that the manifests bring, and one whose content nobody can tell', async () => {
    await using world = await makeWorld()
    const own = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: tools }\n---\n'
    await world.up([await plain(world, own + configMap)])
    world.state.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'theirs', namespace: 'tools' },
      data: { a: '1' },
    })
    world.state.intercept(({ path }) =>
      path.endsWith('/namespaces/dev/limitranges')
        ? new Refusal(403, 'Forbidden', 'limitranges is forbidden')
        : undefined,
    )
    const ctx = context()
    await world.up([], ctx)
    expect(world.state.get({ ...devNamespace, name: 'tools' })).toBeDefined()
    expect(world.state.get(devNamespace)).toBeDefined()
    expect(ctx.warnings).toEqual([
      expect.stringContaining('The namespace dev stays: nobody can tell what it holds of LimitRange of v1.'),
      expect.stringContaining('The namespace tools stays: it holds ConfigMap theirs (by test)'),
    ])
  })

  it('keeps a definition of which it is made', async () => {
    await using world = await makeWorld()
    const operator = await plain(world, definition, 'service/operator')
    await world.up([operator, await plain(world, thing)])
    const theirs = {
      apiVersion: 'example.io/v1',
      kind: 'Thing',
      metadata: { name: 'theirs', namespace: 'default' },
      spec: { a: 1 },
    }
    world.state.put(theirs)
    const ctx = context()
    await world.up([], ctx)
    expect(world.state.get({ ...theirs, name: 'theirs', namespace: 'default' })).toBeDefined()
    expect(world.state.get({ ...theirs, name: 'ours', namespace: 'dev' })).toBeUndefined()
    expect(ctx.warnings).toEqual([
      'The definition things.example.io stays: it has Thing default/theirs (by test). `kubectl delete crd things.example.io` deletes it with every object of it.',
    ])
  })

  it('is not what goes with an owner of kindup’s, or what Kubernetes makes itself', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world, configMap)])
    const owner = world.state.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'ours', namespace: 'dev' })!
    const owned = { apiVersion: 'v1', kind: 'ConfigMap', name: 'ours', uid: owner.metadata.uid! }
    world.state.put({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'derived', namespace: 'dev', ownerReferences: [owned] },
    })
    world.state.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'seen', namespace: 'dev' },
      involvedObject: { namespace: 'dev' },
    })
    world.state.put({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l', namespace: 'dev' } })
    const ctx = context()
    await world.up([], ctx)
    expect(ctx.warnings).toEqual([])
    expect(world.state.get(devNamespace)).toBeUndefined()
    expect((await makeInventory(world.kube).entries()).size).toBe(0)
  })
})

describe('volumes', () => {
  it('outlive the change of a file, and are named when they go', async () => {
    await using world = await makeWorld()
    const claim =
      '---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n'
    const ref = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data', namespace: 'dev' }
    await world.up([await plain(world, configMap + claim)])
    const ctx = context()
    await world.up([await plain(world, configMap)], ctx)
    expect(world.state.get(ref)).toBeDefined()
    expect(ctx.warnings).toEqual([
      'PersistentVolumeClaim dev/data stays with its data, though the file no longer has it. `kubectl delete persistentvolumeclaim data --namespace dev` deletes both.',
    ])
    await world.up([await plain(world, configMap + claim)])
    const last = context()
    await world.up([], last)
    expect(world.state.get(ref)).toBeUndefined()
    expect(last.warnings).toEqual(['Deleted with all data: PersistentVolumeClaim dev/data (1Gi).'])
  })
})
