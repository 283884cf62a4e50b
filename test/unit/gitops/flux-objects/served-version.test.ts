import { parseAllDocuments } from 'yaml'
import { describe, expect, it } from 'vitest'
import { inServedVersion, withServedVersions } from '../../../../gitops/flux-objects/served-version.ts'

const of = (group: string, version: string, kind: string, spec: object) => ({
  apiVersion: `${group}.toolkit.fluxcd.io/${version}`,
  kind,
  metadata: { name: 'x' },
  spec,
})

describe('objects of Flux in older versions', () => {
  it('are in the one that Flux serves, without what that no longer has', () => {
    expect(
      inServedVersion(
        of('source', 'v1beta1', 'GitRepository', { url: 'u', gitImplementation: 'libgit2', interval: '1m' }),
      ),
    ).toEqual(of('source', 'v1', 'GitRepository', { url: 'u', interval: '1m' }))
    expect(inServedVersion(of('notification', 'v1beta1', 'Alert', {}))).toMatchObject({
      apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
    })
  })

  it('say what newer versions say otherwise in their words', () => {
    const strategic = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
    const operations = [{ op: 'remove', path: '/spec' }]
    expect(
      inServedVersion(
        of('kustomize', 'v1beta1', 'Kustomization', {
          validation: 'client',
          patches: [{ patch: 'last' }],
          patchesStrategicMerge: [strategic],
          patchesJson6902: [{ target: { kind: 'Service' }, patch: operations }],
        }),
      ),
    ).toEqual(
      of('kustomize', 'v1', 'Kustomization', {
        patches: [
          { patch: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n' },
          { target: { kind: 'Service' }, patch: '- op: remove\n  path: /spec\n' },
          { patch: 'last' },
        ],
      }),
    )
    expect(
      inServedVersion(of('helm', 'v2beta1', 'HelmRelease', { chart: { spec: { chart: 'a', valuesFile: 'b.yaml' } } })),
    ).toEqual(of('helm', 'v2', 'HelmRelease', { chart: { spec: { chart: 'a', valuesFiles: ['b.yaml'] } } }))
  })

  it.each([
    of('source', 'v1', 'GitRepository', { url: 'u' }),
    { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: [] },
    { apiVersion: 'other.dev/v1beta1', kind: 'GitRepository', spec: {} },
  ])('are left as they are where they are of today, or no objects of Flux: $apiVersion $kind', (object) => {
    expect(inServedVersion(object)).toBe(object)
  })

  it('are changed in the files that Flux reads, and nothing else is', () => {
    const text = [
      '# kept\na: 1\n',
      'apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\nmetadata: { name: a }\nspec: { url: u, accessFrom: {} }\n',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "0123" }\ndata: { a: "yes" }\n',
    ].join('---\n')
    const changed = withServedVersions('clusters/dev/a.yaml', Buffer.from(text)).toString()
    expect(parseAllDocuments(changed).map((document) => document.toJS() as unknown)).toEqual([
      { a: 1 },
      { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'a' }, spec: { url: 'u' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '0123' }, data: { a: 'yes' } },
    ])
    const template = Buffer.from(
      'apiVersion: source.toolkit.fluxcd.io/v1beta2\n{{- if .Values.x }}\nkind: GitRepository\n{{ end }}',
    )
    expect(withServedVersions('charts/a/templates/a.yaml', template)).toBe(template)
    const plain = Buffer.from('a: source\n')
    expect(withServedVersions('a.yaml', plain)).toBe(plain)
  })
})
