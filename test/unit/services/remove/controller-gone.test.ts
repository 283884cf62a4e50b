import { expect, it } from 'vitest'
import type { Cluster } from '../../../../cluster/cluster.ts'
import type { Kube, KubeObject, Ref } from '../../../../cluster/kube/kube.ts'
import { refOf } from '../../../../cluster/kube/ref.ts'
import type { Helm } from '../../../../manifests/helm/helm.ts'
import { takeObjectsAway } from '../../../../services/remove/remove.ts'
import { nothing, type Undo } from '../../../../services/remove/undo.ts'
import { kubeOf } from '../../../support/kube-of.ts'
import { context } from '../../../support/steps.ts'

const argo = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' } as const
const flux = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' } as const
const helm = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' } as const
type Metadata = Partial<KubeObject['metadata']>

const config = (name: string, metadata: Metadata = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'dev', ...metadata },
})
const tracked = (by: string, name: string, more: Readonly<Record<string, string>> = {}): KubeObject =>
  config(name, { annotations: { 'argocd.argoproj.io/tracking-id': `${by}:/ConfigMap:dev/${name}`, ...more } })
const application = (name: string, brought: readonly KubeObject[]): KubeObject => ({
  ...argo,
  metadata: { name, namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
  status: {
    resources: brought.map(({ apiVersion, kind, metadata }) => ({
      ...(apiVersion.includes('/') ? { group: apiVersion.split('/')[0] } : {}),
      version: apiVersion.split('/').at(-1),
      kind,
      namespace: metadata.namespace,
      name: metadata.name,
    })),
  },
})

const key = ({ kind, name, namespace = '' }: Ref): string => `${kind} ${namespace}/${name}`

/** An API whose controllers are gone: what has a finalizer stays until it is freed of it. */
const without = (objects: readonly KubeObject[]) => {
  const there = new Map(objects.map((object) => [key(refOf(object)), object]))
  const warnings: string[] = []
  const helmed: string[] = []
  const kube: Kube = kubeOf({
    served: () => Promise.resolve([]),
    get: (ref) => Promise.resolve(there.get(key(ref))),
    list: ({ kind, labelSelector = '' }) =>
      Promise.resolve(
        [...there.values()].filter(
          (one) =>
            one.kind === kind &&
            labelSelector
              .split(',')
              .every((pair) => pair === '' || one.metadata.labels?.[pair.split('=')[0] ?? ''] === pair.split('=')[1]),
        ),
      ),
    mergePatch: (ref, change) => {
      const object = there.get(key(ref))
      if (!object) throw new Error(`${key(ref)} is not there`)
      const { metadata } = change as { readonly metadata?: { readonly finalizers?: null } }
      if (metadata?.finalizers === null) there.delete(key(ref))
      return Promise.resolve(object)
    },
    delete: (ref) => {
      const object = there.get(key(ref))
      if (object && (object.metadata.finalizers ?? []).length === 0) there.delete(key(ref))
      else if (object)
        there.set(key(ref), { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } })
      return Promise.resolve()
    },
  })
  const deps = {
    cluster: {
      kube: () => Promise.resolve(kube),
      kubeconfig: () => Promise.resolve('kubeconfig'),
      context: 'kind-demo',
    } as unknown as Cluster,
    helm: {
      run: (args: readonly string[]) => {
        helmed.push(args.slice(0, 4).join(' '))
        return Promise.resolve({ stdout: '', stderr: '' })
      },
    } as unknown as Helm,
  }
  const remove = (undo: Partial<Undo>): Promise<void> =>
    takeObjectsAway(
      'service/web@dev',
      { ...nothing, ...undo },
      deps,
      // What hangs is freed at once.
      { ...context(), timeoutMs: 50, warn: (text) => void warnings.push(text) },
    )
  return { remove, left: () => [...there.keys()], warnings, helmed }
}

it('takes away what an Application deployed whose controller is gone, by what it says that it deployed', async () => {
  const own = [
    tracked('web-dev', 'page'),
    tracked('web-dev', 'kept', { 'argocd.argoproj.io/sync-options': 'Delete=false' }),
  ]
  const taken = tracked('another', 'taken')
  const app = application('web-dev', [...own, taken, config('gone')])
  const { remove, left, warnings } = without([app, ...own, taken])
  await remove({ applications: [refOf(app)] })
  expect(left()).toEqual(['ConfigMap dev/kept', 'ConfigMap dev/taken'])
  expect(warnings).toEqual([
    'Application argocd/web-dev hung on resources-finalizer.argocd.argoproj.io, which nothing served any more: it was freed of it.',
  ])
})

it('takes away what is marked as deployed by an Application that is gone already', async () => {
  const own = tracked('web-dev', 'page')
  const { remove, left } = without([own, tracked('web', 'of-another'), config('of-nobody')])
  await remove({
    applications: [{ ...argo, namespace: 'argocd', name: 'web-dev' }],
    objects: ['page', 'of-another', 'of-nobody'].map((name) => refOf(config(name))),
  })
  expect(left()).toEqual(['ConfigMap dev/of-another', 'ConfigMap dev/of-nobody'])
})

it('does so for an Application that is applied as it stands, and for those that it brought', async () => {
  const page = tracked('child', 'page')
  const child = application('child', [page])
  const marked: KubeObject = {
    ...child,
    metadata: {
      ...child.metadata,
      annotations: { 'argocd.argoproj.io/tracking-id': 'parent:argoproj.io/Application:argocd/child' },
    },
  }
  const parent = application('parent', [marked])
  const labelled = {
    ...parent,
    metadata: { ...parent.metadata, labels: { 'kindup.dev/step': 'service.web.dev' } },
  }
  const { remove, left } = without([labelled, marked, page])
  await remove({ applications: [refOf(parent)] })
  expect(left()).toEqual([])
})

it('takes away what a Kustomization brought, and uninstalls what a HelmRelease did', async () => {
  const labels = {
    'kustomize.toolkit.fluxcd.io/name': 'web-dev',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  }
  const page = config('page', { labels })
  const kept = config('kept', { labels, annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } })
  const kustomization: KubeObject = {
    ...flux,
    metadata: { name: 'web-dev', namespace: 'flux-system', finalizers: ['finalizers.fluxcd.io'] },
    spec: { prune: true },
    status: {
      inventory: {
        entries: [page, kept, config('taken')].map(({ metadata }) => ({
          id: `dev_${metadata.name}__ConfigMap`,
          v: 'v1',
        })),
      },
    },
  }
  const release: KubeObject = {
    ...helm,
    metadata: { name: 'chart-dev', namespace: 'flux-system', finalizers: ['finalizers.fluxcd.io'] },
    spec: { releaseName: 'chart', targetNamespace: 'dev', storageNamespace: 'dev' },
  }
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'sh.helm.release.v1.chart.v1',
      namespace: 'dev',
      labels: { owner: 'helm', name: 'chart', version: '1' },
    },
  }
  const { remove, left, helmed } = without([kustomization, release, page, kept, config('taken'), secret])
  await remove({ applications: [refOf(kustomization), refOf(release)] })
  expect(left()).toEqual(['ConfigMap dev/kept', 'ConfigMap dev/taken', 'Secret dev/sh.helm.release.v1.chart.v1'])
  expect(helmed).toEqual(['uninstall chart --namespace dev'])
})
