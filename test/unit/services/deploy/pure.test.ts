import { describe, expect, it } from 'vitest'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import type { Port } from '../../../../core/step.ts'
import { endpointsOf } from '../../../../services/deploy/endpoints.ts'
import { inApplyOrder, inRemovalOrder } from '../../../../services/remove/order.ts'
import { imageNodes, shipments } from '../../../../services/deploy/pods.ts'
import { moveOver } from '../../../../services/deploy/move-over.ts'
import { both, nothing, readUndo, without, type Undo } from '../../../../services/remove/undo.ts'
import { placementRule } from '../../../../manifests/placement.ts'
import { madeNode } from '../../../support/made-config.ts'

const port = (hostPort: number, nodePort: number): Port => ({
  address: '127.0.0.1',
  hostPort,
  nodePort,
  protocol: 'tcp',
})
const made = (apiVersion: string, kind: string, spec: object = {}, name = 'a'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
})

describe('endpointsOf', () => {
  const ingress = (spec: object) => made('networking.k8s.io/v1', 'Ingress', spec)
  const urls = (object: KubeObject, ...ports: Port[]) => endpointsOf('web@dev', [object], ports).map(({ url }) => url)

  it('shows a host port that is not the usual one, and https where there is a certificate', () => {
    const spec = { rules: [{ host: 'a.local' }, { host: 'b.local' }, {}], tls: [{ hosts: ['b.local'] }] }
    expect(urls(ingress(spec), port(80, 80), port(443, 443))).toEqual([
      'http://a.local',
      'https://b.local',
      'http://localhost',
    ])
    expect(urls(ingress(spec), port(8080, 80), port(8443, 443))).toEqual([
      'http://a.local:8080',
      'https://b.local:8443',
      'http://localhost:8080',
    ])
    expect(urls(ingress(spec))).toEqual([])
  })

  it('shows https for every host where the ingress has a certificate for all, and a port leads to it', () => {
    const shown = (...ports: Port[]) =>
      endpointsOf('web', [ingress({ rules: [{ host: 'a.local' }, {}] })], ports, { secure: true }).map(({ url }) => url)
    expect(shown(port(80, 80), port(443, 443))).toEqual(['https://a.local', 'https://localhost'])
    expect(shown(port(8080, 80), port(8443, 443))).toEqual(['https://a.local:8443', 'https://localhost:8443'])
    expect(shown(port(80, 80))).toEqual(['http://a.local', 'http://localhost'])
  })

  it.each([
    ['an empty host', { rules: [{ host: '' }] }],
    ['a host of null', { rules: [{ host: null, http: null }], tls: null }],
    ['no rules but a default backend', { rules: null, defaultBackend: { service: { name: 'a' } } }],
    ['a certificate for nobody in particular', { rules: [{ host: '' }], tls: [{ hosts: null, secretName: 'x' }] }],
  ])('answers at localhost with %s', (_what, spec) => {
    const [scheme, shown] = JSON.stringify(spec).includes('secretName') ? ['https', 3443] : ['http', 3300]
    expect(urls(ingress(spec), port(3300, 80), port(3443, 443))).toEqual([`${scheme}://localhost:${shown}`])
  })

  it('has none for an Ingress without any rule', () => {
    expect(urls(ingress({ rules: null }), port(80, 80))).toEqual([])
  })

  it('goes to the shortest path that is one', () => {
    const paths = (...all: string[]) => ({ rules: [{ host: 'a', http: { paths: all.map((path) => ({ path })) } }] })
    expect(urls(ingress(paths('/api', '/')), port(80, 80))).toEqual(['http://a'])
    expect(urls(ingress(paths('/api/v2', '/api')), port(80, 80))).toEqual(['http://a/api'])
    expect(urls(ingress(paths('/api(/|$)(.*)')), port(80, 80))).toEqual(['http://a/api'])
    expect(urls(ingress(paths('/?(.*)', '/(a|b)')), port(80, 80))).toEqual(['http://a'])
    expect(urls(ingress(paths('/api/v1:query')), port(80, 80))).toEqual(['http://a/api/v1:query'])
    expect(urls(ingress(paths('/@app')), port(80, 80))).toEqual(['http://a/@app'])
  })

  it('shows node ports that are mapped, by what they speak', () => {
    const service = made('v1', 'Service', {
      type: 'NodePort',
      ports: [
        { name: 'http', port: 80, nodePort: 30080 },
        { name: 'db', port: 5432, nodePort: 30432 },
        { name: 'gone', port: 1, nodePort: 30999 },
      ],
    })
    expect(endpointsOf('db', [service], [port(3000, 30080), port(3002, 30432)])).toEqual([
      { name: 'db http', url: 'http://localhost:3000' },
      { name: 'db db', url: 'localhost:3002' },
    ])
  })
})

describe('inApplyOrder', () => {
  it('puts first what others stand on, and takes away in the other direction', () => {
    const kinds = [
      ['networking.k8s.io/v1', 'Ingress'],
      ['apps/v1', 'Deployment'],
      ['example.io/v1', 'Thing'],
      ['v1', 'Service'],
      ['v1', 'ConfigMap'],
      ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
      ['rbac.authorization.k8s.io/v1', 'Role'],
      ['v1', 'ServiceAccount'],
      ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
      ['v1', 'Namespace'],
    ] as const
    const objects = kinds.map(([apiVersion, kind]) => made(apiVersion, kind))
    const order = inApplyOrder(objects).map((group) => group.map(({ kind }) => kind))
    expect(order).toEqual([
      ['Namespace'],
      ['CustomResourceDefinition'],
      ['ServiceAccount'],
      ['Role'],
      ['RoleBinding'],
      ['ConfigMap'],
      ['Service'],
      ['Deployment', 'Thing'],
      ['Ingress'],
    ])
    expect(inRemovalOrder(objects).map((group) => group.map(({ kind }) => kind))).toEqual(order.toReversed())
  })
})

describe('imageNodes', () => {
  const nodes = namedNodes('demo', [
    madeNode('control-plane'),
    madeNode('worker', { labels: { tier: 'a' } }),
    madeNode('worker', { labels: { tier: 'b' }, taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }),
  ])
  const pod = (image: string, spec: object = {}) => made('v1', 'Pod', { containers: [{ image }], ...spec })

  it('sends each image only where its pods may run, and images of one way together', () => {
    const { nodeSelector, tolerations } = placementRule({ tier: 'b' }, nodes)
    const found = imageNodes(
      [pod('x', { nodeSelector, tolerations }), pod('y'), pod('z'), pod('nowhere', { nodeSelector: { tier: 'b' } })],
      nodes,
    )
    expect(Object.fromEntries(found)).toEqual({
      x: ['demo-worker2'],
      y: ['demo-worker'],
      z: ['demo-worker'],
      nowhere: [],
    })
    expect(shipments(found)).toEqual([
      { images: ['x'], containers: ['demo-worker2'] },
      { images: ['y', 'z'], containers: ['demo-worker'] },
    ])
  })
})

describe('what undoes a step', () => {
  const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: 'dev' })
  const before: Undo = {
    ...nothing,
    releases: [{ release: 'old', namespace: 'dev' }],
    objects: [ref('a'), ref('b')],
    customKinds: ['x/A'],
    namespaces: ['dev'],
  }
  const now: Undo = {
    ...nothing,
    objects: [ref('b'), { ...ref('c'), apiVersion: 'v2' }],
    customKinds: ['x/B'],
    namespaces: ['dev', 'new'],
  }

  it('names everything of both while one becomes the other', () => {
    expect(both(before, now)).toMatchObject({
      releases: [{ release: 'old' }],
      objects: [{ name: 'b' }, { name: 'c' }, { name: 'a' }],
      customKinds: ['x/B', 'x/A'],
      namespaces: ['dev', 'new'],
    })
  })

  it('takes away what is no longer named', () => {
    expect(without(before, now)).toMatchObject({
      releases: [{ release: 'old' }],
      objects: [{ name: 'a' }],
      customKinds: ['x/A'],
      namespaces: [],
    })
    expect(without(now, before)).toMatchObject({ objects: [{ name: 'c' }], customKinds: [], namespaces: ['new'] })
  })

  it('takes no Application away that is handed over in place of being applied as it is, or the other way round', async () => {
    const app = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', name: 'web', namespace: 'argocd' }
    const remote: Undo = { ...nothing, objects: [app] }
    const here: Undo = { ...nothing, applications: [app], objects: [ref('a')] }
    expect(without(remote, here)).toEqual(nothing)
    expect(without(here, remote)).toEqual({ ...nothing, objects: [ref('a')] })
    // What it deployed it prunes by itself.
    const move = { id: 'service/web', namespace: 'dev', objects: [], before: here, now: remote }
    const left = await moveOver(undefined as never, move, undefined as never)
    expect(without(left, remote)).toEqual(nothing)
  })

  it('reads what an older version wrote', () => {
    expect(readUndo({ objects: [ref('a')] })).toEqual({ ...nothing, objects: [ref('a')] })
    expect(readUndo(undefined)).toEqual(nothing)
  })
})
