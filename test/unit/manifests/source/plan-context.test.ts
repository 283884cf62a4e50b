import { describe, expect, it } from 'vitest'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { planContextOf } from '../../../../manifests/source/plan-context.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { madeDeployable } from '../made-deployable.ts'

const known = (id: string, provides: readonly string[]): Deployable =>
  madeDeployable(id, { placementBy: 'values', provides })

const mayBring = (deployables: readonly Deployable[], rendered: readonly string[] = []) =>
  planContextOf(
    { config: madeConfig({}), images: [] },
    deployables,
    deployables.map(({ id }) => ({ id, kinds: rendered.includes(id) ? [] : undefined })),
    () => undefined,
  ).mayBring

describe('what is not rendered yet', () => {
  it('may bring anything where nobody knows its chart', () => {
    expect(mayBring([madeDeployable('addon/mine')])('example.io')).toBe(true)
  })

  it('brings what its add-on says, and others of the same project', () => {
    const argocd = known('addon/argocd', ['argoproj.io/Application'])
    const flux = known('addon/flux', ['source.toolkit.fluxcd.io/GitRepository'])
    const may = mayBring([argocd, flux])
    expect(['argoproj.io', 'image.toolkit.fluxcd.io', 'example.io'].map(may)).toEqual([true, true, false])
  })

  it('counts only until it is rendered', () => {
    expect(mayBring([madeDeployable('addon/mine')], ['addon/mine'])('example.io')).toBe(false)
  })
})
