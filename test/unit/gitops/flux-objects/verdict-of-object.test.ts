import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { inventoryOf } from '../../../../gitops/flux/closure.ts'
import { takeAwayOrder } from '../../../../gitops/flux-objects/take-away-order.ts'
import { verdictOfObject } from '../../../../gitops/flux-objects/verdict-of-object.ts'

type Fields = Readonly<Record<string, unknown>>

const object = (kind: string, name: string, spec: Fields = {}, status: Fields = {}): KubeObject => ({
  apiVersion:
    kind === 'HelmRelease'
      ? 'helm.toolkit.fluxcd.io/v2'
      : kind === 'Kustomization'
        ? 'kustomize.toolkit.fluxcd.io/v1'
        : 'source.toolkit.fluxcd.io/v1',
  kind,
  metadata: { name, namespace: 'flux-system', generation: 2 },
  spec,
  status,
})
const ready = (status: string, reason: string, message: string): Fields => ({
  observedGeneration: 2,
  lastHandledReconcileAt: 'one',
  conditions: [{ type: 'Ready', status, reason, message }],
})
const revision = `sha256:${'a'.repeat(64)}`
const asked = { request: 'one', revision }
const of = (kind: string, status: Fields, spec: Fields = {}) => verdictOfObject(object(kind, 'x', spec, status), asked)

describe('how far Flux has come with one object', () => {
  it('is done once it is ready with the working tree, a chart by the version that has it', () => {
    const well = ready('True', 'ReconciliationSucceeded', 'Applied')
    expect(of('Kustomization', { ...well, lastAppliedRevision: revision })).toEqual({ is: 'done' })
    expect(of('Kustomization', { ...well, lastAppliedRevision: 'sha256:b' })).toEqual({
      is: 'waiting',
      why: 'Flux has not seen the new files yet',
    })
    expect(of('HelmRelease', { ...well, lastAttemptedRevision: `0.1.0+${'a'.repeat(12)}.1` })).toEqual({ is: 'done' })
    expect(of('HelmRelease', { ...well, lastAttemptedRevision: '0.1.0+bbbbbbbbbbbb' })).toMatchObject({ is: 'waiting' })
    expect(verdictOfObject(object('HelmRelease', 'x', {}, well), {})).toEqual({ is: 'done' })
  })

  it('is waited for before it was looked at, and while others are', () => {
    expect(verdictOfObject(undefined, {})).toEqual({ is: 'waiting', why: 'it is not there yet' })
    expect(of('Kustomization', {})).toEqual({ is: 'waiting', why: 'Flux has not looked at it yet' })
    const dependent = ready('False', 'DependencyNotReady', 'dependency is not ready')
    expect(of('Kustomization', dependent)).toEqual({
      is: 'waiting',
      why: 'dependency is not ready',
      reason: 'DependencyNotReady',
    })
  })

  it('is in trouble in its own words, though it has not come to the end of what was asked for', () => {
    const values = { ...ready('False', 'ValuesError', 'configmaps "values" not found'), observedGeneration: -1 }
    expect(of('HelmRelease', values)).toEqual({
      is: 'trouble',
      why: 'configmaps "values" not found',
      reason: 'ValuesError',
    })
  })

  it('is left as it is where its file suspends it', () => {
    expect(of('Kustomization', {}, { suspend: true })).toEqual({ is: 'done' })
  })
})

it('is read from its inventory what a Kustomization has applied', () => {
  const entries = [
    { id: 'dev_web_apps_Deployment', v: 'v1' },
    { id: '_system__node_rbac.authorization.k8s.io_ClusterRole', v: 'v1' },
    { id: 'dev_page__ConfigMap', v: 'v1' },
  ]
  expect(inventoryOf(object('Kustomization', 'x', {}, { inventory: { entries } }))).toEqual([
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'dev' },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'system:node' },
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'page', namespace: 'dev' },
  ])
})

it('is taken away before what it depends on, and sources last', () => {
  const delivery = {
    tool: 'flux',
    home: 'flux-system',
    name: 'all',
    repository: 'r',
    port: 5001,
    objects: { worktree: { root: '/' } },
  } as const
  const needs = (...names: readonly string[]): Fields => ({ dependsOn: names.map((name) => ({ name })) })
  const objects = [
    object('GitRepository', 'git'),
    object('Kustomization', 'infra'),
    object('Kustomization', 'apps', needs('configs')),
    object('Kustomization', 'configs', needs('infra')),
    object('HelmRelease', 'release'),
  ]
  expect(takeAwayOrder(delivery, objects).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'HelmRelease release',
    'Kustomization apps',
    'Kustomization configs',
    'Kustomization infra',
    'GitRepository git',
    'OCIRepository all',
  ])
})
