import { describe, expect, it } from 'vitest'
import { findCases } from '../../corpus/find-cases.ts'
import { tree } from '../../support/tree.ts'

describe('the cases of a folder', () => {
  it('are charts with each of their values, kustomizations, and other manifests', async () => {
    const object = 'apiVersion: v1\nkind: ConfigMap\n'
    using made = tree({
      '.repos/web/Chart.yaml': 'name: web\n',
      '.repos/web/ci/small-values.yaml': '',
      '.repos/web/ci/readme.yaml': '',
      '.repos/web/charts/db/Chart.yaml': 'name: db\n',
      '.repos/overlay/kustomization.yaml': '',
      '.repos/overlay/patch.yaml': object,
      '.repos/overlay/base/kustomization.yml': '',
      '.repos/plain/a.yaml': object,
      '.repos/plain/b.json': '{"apiVersion": "v1", "kind": "List"}',
      '.repos/plain/values.yaml': 'a: 1\n',
    })
    const cases = await findCases(`${made.folder}/.repos`)
    expect(cases.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'kustomization .repos/overlay',
      'kustomization .repos/overlay/base',
      'manifest .repos/plain/a.yaml',
      'manifest .repos/plain/b.json',
      'chart .repos/web',
      'chart .repos/web+small-values.yaml',
    ])
  })
})
