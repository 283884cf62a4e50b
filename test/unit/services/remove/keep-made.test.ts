import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../../cluster/cluster.ts'
import type { Kube, KubeObject, Ref } from '../../../../cluster/kube/kube.ts'
import { refOf } from '../../../../cluster/kube/ref.ts'
import type { Delivery } from '../../../../gitops/delivery.ts'
import type { Helm } from '../../../../manifests/helm/helm.ts'
import { keepMade, removeUnmade } from '../../../../services/remove/keep-made.ts'
import { nothing } from '../../../../services/remove/undo.ts'
import { kubeOf } from '../../../support/kube-of.ts'
import { context } from '../../../support/steps.ts'

const apiVersion = 'argoproj.io/v1alpha1'
const ref = (kind: string, name: string): Ref => ({ apiVersion, kind, namespace: 'argocd', name })
const set: KubeObject = { apiVersion, kind: 'ApplicationSet', metadata: { name: 'shop', namespace: 'argocd' } }
const parent: KubeObject = { apiVersion, kind: 'Application', metadata: { name: 'parent', namespace: 'argocd' } }
const application = (name: string, metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion,
  kind: 'Application',
  metadata: { name, namespace: 'argocd', ...metadata },
})
const ofSet = (name: string): KubeObject =>
  application(name, { ownerReferences: [{ apiVersion, kind: 'ApplicationSet', name: 'shop', uid: '1' }] })
const ofParent = (name: string): KubeObject =>
  application(name, {
    annotations: { 'argocd.argoproj.io/tracking-id': `parent:argoproj.io/Application:argocd/${name}` },
  })
const service = (name: string): { readonly id: string; readonly delivery: Delivery } => ({
  id: `service/${name}`,
  delivery: {
    tool: 'argocd',
    home: 'argocd',
    name,
    repository: '',
    port: 5001,
    application: { spec: {}, labels: {}, annotations: {} },
  },
})

const key = ({ kind, name }: Pick<Ref, 'kind' | 'name'>): string => `${kind} ${name}`

/** What an API holds, and what became of it. */
const holding = (...objects: readonly KubeObject[]) => {
  const there = new Map(objects.map((one) => [key(refOf(one)), one]))
  const changed: unknown[] = []
  const kube: Kube = kubeOf({
    served: () => Promise.resolve([]),
    get: (one) => Promise.resolve(there.get(key(one))),
    list: ({ kind, labelSelector = '' }) => {
      const [label = '', value] = labelSelector.split('=')
      const all = [...there.values()].filter((one) => one.kind === kind)
      return Promise.resolve(labelSelector === '' ? all : all.filter((one) => one.metadata.labels?.[label] === value))
    },
    mergePatch: (one, patch) => {
      changed.push([key(one), patch])
      return Promise.resolve(there.get(key(one)) ?? set)
    },
    delete: (one, { orphan = false } = {}) => {
      const isOwned = (other: KubeObject): boolean =>
        other.metadata.ownerReferences?.some(({ name }) => name === one.name) ?? false
      if (!orphan) for (const [name, other] of there) if (isOwned(other)) there.delete(name)
      there.delete(key(one))
      return Promise.resolve()
    },
  })
  const cluster = { kube: () => Promise.resolve(kube), config: { name: 'demo' } } as unknown as Cluster
  return { deps: { cluster, helm: {} as unknown as Helm }, left: () => [...there.keys()], changed }
}

describe('what an ApplicationSet or a parent made', () => {
  it('stays where services of the file deploy it from now on, and the set alone goes', async () => {
    const { deps, left } = holding(set, ofSet('a'), ofSet('b'), ofSet('old'), application('other'))
    const undo = { ...nothing, objects: [refOf(set)] }
    expect(await keepMade(deps, undo, [service('a'), service('b')], context())).toMatchObject({ objects: [] })
    // What nobody wants any more goes as it would with its set.
    expect(left()).toEqual(['Application a', 'Application b', 'Application other'])
  })

  it('is left to go with it where no service has it', async () => {
    const { deps, left } = holding(set, ofSet('a'))
    const undo = { ...nothing, objects: [refOf(set)] }
    expect(await keepMade(deps, undo, [service('b')], context())).toEqual(undo)
    expect(left()).toHaveLength(2)
  })

  it('stays when its parent goes, unmarked, with all that the parent no longer deletes', async () => {
    const { deps, left, changed } = holding(parent, ofParent('a'))
    await keepMade(deps, { ...nothing, objects: [refOf(parent)] }, [service('a')], context())
    expect(left()).toEqual(['Application a'])
    expect(changed).toEqual([
      ['Application parent', { metadata: { finalizers: null } }],
      ['Application a', { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': null } } }],
    ])
  })

  it('is unmarked while its parent is paused, where that is a service of its own too', async () => {
    const { deps, left, changed } = holding(parent, ofParent('a'))
    const undo = { ...nothing, objects: [refOf(parent)] }
    expect(await keepMade(deps, undo, [service('parent'), service('a')], context())).toEqual(undo)
    expect(left()).toHaveLength(2)
    expect(changed[0]).toEqual([
      'Application parent',
      { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } },
    ])
  })
})

describe('an Application of a service that goes', () => {
  const undo = {
    ...nothing,
    applications: [ref('Application', 'a'), ref('Application', 'b')],
    objects: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'dev', name: 'a' }],
    namespaces: ['dev'],
  }
  const maker = { id: 'service/shop', makes: [{ home: 'argocd', name: 'a', namespace: 'dev' }] }

  it('waits with all that it deployed for the set of the file that is to make it', async () => {
    const { deps, left, changed } = holding(application('a'), application('b'))
    expect(await keepMade(deps, undo, [maker], context())).toEqual({
      ...nothing,
      applications: [ref('Application', 'b')],
    })
    expect(left()).toHaveLength(2)
    expect(changed).toEqual([
      ['Application a', { metadata: { labels: { 'kindup.dev/cluster': 'demo', 'kindup.dev/step': 'service.shop' } } }],
    ])
  })

  it('goes where the set did not make it, and nothing else does', async () => {
    const labels = { 'kindup.dev/step': 'service.shop' }
    const { deps, left } = holding(
      set,
      application('waits', { labels }),
      application('made', { labels, ...ofSet('made').metadata }),
      application('other'),
    )
    await removeUnmade(deps, 'service/shop', refOf(set), context())
    expect(left()).toEqual(['ApplicationSet shop', 'Application made', 'Application other'])
  })
})
