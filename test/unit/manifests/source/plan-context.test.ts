import { describe, expect, it } from 'vitest'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { derivedNeeds } from '../../../../manifests/problems/needs.ts'
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

describe('what one deployable has to know of the whole plan', () => {
  const config = madeConfig({ hosts: { mode: 'file', file: '/etc/hosts', extra: ['a.demo.test'] } })
  const test = { method: 'GET', headers: {}, timeoutMs: 1 } as const

  it('is every host name that somebody uses: those of the file, and those that smoke tests ask', () => {
    const smoke = [
      { ...test, path: '/', host: 'b.demo.test' },
      { ...test, url: 'https://c.demo.test:8443/x' },
      { ...test, path: '/' },
    ]
    const whole = planContextOf({ config, images: [] }, [madeDeployable('service/web', { smoke })], [], () => undefined)
    expect(whole.usedNames).toEqual(['a.demo.test', 'b.demo.test', 'c.demo.test'])
  })

  it('is who serves a kind that another one brings: a service waits for both, an add-on for its definitions', () => {
    const kind = 'gateway.networking.k8s.io/HTTPRoute'
    const traefik = madeDeployable('addon/traefik', { serves: [kind] })
    const gateway = known('addon/gateway', [kind])
    const whole = planContextOf({ config, images: [] }, [traefik, gateway], [], () => undefined)
    const route = {
      object: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'web' } },
      at: { file: 'x' },
    }
    const needs = (id: string) => derivedNeeds(madeDeployable(id), [route], [], whole)
    expect(needs('service/web')).toEqual(['addon/gateway', 'addon/traefik'])
    expect(needs('addon/argocd')).toEqual(['addon/gateway'])
  })
})
