import { expect, it } from 'vitest'
import { remoteApplication } from '../../../gitops/remote/remote-application.ts'
import { remoteFluxObjects } from '../../../gitops/remote/remote-flux-objects.ts'
import type { Remote } from '../../../gitops/remote.ts'

const base = { url: 'https://git.example.org/shop', at: { branch: 'main' }, path: 'k8s' } as const
const chart: Remote = {
  ...base,
  of: { kind: 'chart', release: 'web', valueFiles: ['dev.yaml'], values: { a: { b: 1 } }, hasValues: true },
}
const changes = {
  patches: [{ target: { kind: 'Deployment' }, patch: '[]' }],
  images: [{ name: 'example/web', newName: 'kindup/web', newTag: '2' }],
  namespace: 'dev',
}
const files: Remote = { ...base, of: { kind: 'manifests', files: ['a.yaml', 'deep/b.yaml'] } }

const delivery = { tool: 'argocd', home: 'argocd', name: 'web-dev', repository: 'x', port: 1 } as const
const sourceOf = (remote: Remote) =>
  remoteApplication({ delivery, remote, namespace: 'dev', labels: {}, scaled: [] })['spec']

it('has Argo CD read each kind by its own means', () => {
  expect(sourceOf(chart)).toMatchObject({
    source: {
      repoURL: base.url,
      targetRevision: 'main',
      path: 'k8s',
      helm: { releaseName: 'web', valueFiles: ['/dev.yaml'], valuesObject: { a: { b: 1 } } },
    },
  })
  expect(sourceOf({ ...base, at: { commit: 'abc' }, of: { kind: 'kustomization' }, changes })).toMatchObject({
    source: { targetRevision: 'abc', kustomize: { patches: changes.patches, images: ['example/web=kindup/web:2'] } },
  })
  expect(sourceOf(files)).toMatchObject({ source: { directory: { recurse: true, include: '{a.yaml,deep/b.yaml}' } } })
})

it('has Flux read each kind by its own means', () => {
  const of = (remote: Remote) =>
    remoteFluxObjects({ name: 'web', home: 'flux-system' }, remote, { namespace: 'dev', labels: {} })
  expect(of(chart)[1]).toMatchObject({
    kind: 'HelmRelease',
    spec: {
      targetNamespace: 'dev',
      chart: { spec: { chart: './k8s', valuesFiles: ['k8s/values.yaml', 'dev.yaml'] } },
      values: { a: { b: 1 } },
    },
  })
  expect(of({ ...files, changes })).toMatchObject([
    {
      kind: 'GitRepository',
      spec: {
        ref: { branch: 'main' },
        ignore: ['/*', '!/k8s', '/k8s/*', '!/k8s/a.yaml', '!/k8s/deep', '/k8s/deep/*', '!/k8s/deep/b.yaml'].join('\n'),
      },
    },
    { kind: 'Kustomization', spec: { path: './k8s', targetNamespace: 'dev', patches: changes.patches } },
  ])
})
