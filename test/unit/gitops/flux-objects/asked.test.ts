import { expect, it } from 'vitest'
import { asked } from '../../../../gitops/flux-objects/deliver-objects.ts'

// By the definitions of Flux 2.8.5 and of source-watcher 2.1.1: the API refuses a key that they do not have.
it.each([
  ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization', { suspend: false }],
  ['source.toolkit.fluxcd.io/v1', 'GitRepository', { suspend: false }],
  ['source.toolkit.fluxcd.io/v1', 'ExternalArtifact', {}],
  ['source.extensions.fluxcd.io/v1beta1', 'ArtifactGenerator', {}],
])('what was paused goes on, of %s %s where it has the key', (apiVersion, kind, more) => {
  const object = { apiVersion, kind, metadata: { name: 'a', namespace: 'a' }, spec: { x: 1 } }
  expect(asked(object, 'now')).toEqual({
    ...object,
    metadata: { ...object.metadata, annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } },
    spec: { x: 1, ...more },
  })
  expect(asked({ ...object, spec: { suspend: true } }, 'now')).toMatchObject({ spec: { suspend: true } })
})
