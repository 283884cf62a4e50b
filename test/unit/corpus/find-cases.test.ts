import { describe, expect, it } from 'vitest'
import type { Case } from '../../corpus/case.ts'
import { findCases, sampleOf } from '../../corpus/find-cases.ts'
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

  it('are sampled evenly, a chart with all its values', () => {
    const chart = (path: string, more = ''): Case => ({ kind: 'chart', path, id: `${path}${more}` })
    const charts = Array.from({ length: 9 }, (_, index) => chart(`c${index}`))
    const cases: readonly Case[] = [...charts, chart('c5', '+x'), { kind: 'manifest', path: 'm', id: 'm' }]
    expect(sampleOf(cases, 2).map(({ id }) => id)).toEqual(['c0', 'c5', 'c5+x', 'm'])
    expect(sampleOf(cases, 20)).toEqual(cases)
  })
})
