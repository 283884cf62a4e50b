import { expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { keepBeside } from '../../../../services/deploy/keep-beside.ts'
import { kubeOf } from '../../../support/kube-of.ts'

const service = (name: string, marks: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'dev', ...marks },
})

it('has controllers let go of what kindup exposes beside a git remote: they would prune it', async () => {
  const live = [
    service('by-argocd', { annotations: { 'argocd.argoproj.io/tracking-id': 'web-dev:/Service:dev/by-argocd' } }),
    service('by-flux', {
      labels: {
        'kustomize.toolkit.fluxcd.io/name': 'web-dev',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      },
    }),
    service('of-another', { annotations: { 'argocd.argoproj.io/tracking-id': 'web:/Service:dev/of-another' } }),
  ]
  const changed: (readonly [string, unknown])[] = []
  const kube = kubeOf({
    get: ({ name }) => Promise.resolve(live.find((one) => one.metadata.name === name)),
    mergePatch: (ref, change) => {
      changed.push([ref.name, change])
      return Promise.resolve(service(ref.name))
    },
  })
  await keepBeside(
    kube,
    [...live, service('new')].map(({ metadata }) => service(metadata.name)),
    'dev',
    [
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'web-dev' },
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        namespace: 'flux-system',
        name: 'web-dev',
      },
    ],
  )
  expect(changed).toEqual([
    ['by-argocd', { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': null } } }],
    [
      'by-flux',
      {
        metadata: {
          labels: { 'kustomize.toolkit.fluxcd.io/name': null, 'kustomize.toolkit.fluxcd.io/namespace': null },
        },
      },
    ],
  ])
})
