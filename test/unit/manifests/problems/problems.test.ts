import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { saidOnce } from '../../../../core/problem.ts'
import { ownershipProblems } from '../../../../manifests/problems/of-all.ts'
import { objectProblems, type CheckDependencies } from '../../../../manifests/problems/of-one.ts'
import { minorOf } from '../../../../manifests/kinds/minor.ts'
import { removedApi } from '../../../../manifests/kinds/removed-apis.ts'
import { madeDeployable } from '../made-deployable.ts'

const dependencies = (more: Partial<CheckDependencies> = {}): CheckDependencies => ({
  kubernetes: '1.36.4',
  provided: new Set(),
  mayBring: () => false,
  classes: undefined,
  ...more,
})
const object = (apiVersion: string, kind: string, more: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'a' },
  ...more,
})
const problems = (one: KubeObject, more: Partial<CheckDependencies> = {}, id = 'service/web') =>
  objectProblems(madeDeployable(id), [{ object: one, at: { file: 'x.yaml', line: 3 } }], dependencies(more))

describe('objectProblems', () => {
  it.each([
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.26', 'autoscaling/v2'],
    ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', '1.25', 'autoscaling/v2'],
    ['networking.k8s.io/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1'],
    ['extensions/v1beta1', 'Deployment', '1.16', 'apps/v1'],
    ['apps/v1beta2', 'StatefulSet', '1.16', 'apps/v1'],
    ['batch/v1beta1', 'CronJob', '1.25', 'batch/v1'],
    ['policy/v1beta1', 'PodDisruptionBudget', '1.25', 'policy/v1'],
    ['rbac.authorization.k8s.io/v1beta1', 'Role', '1.22', 'rbac.authorization.k8s.io/v1'],
    ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', '1.22', 'apiextensions.k8s.io/v1'],
  ])('names what replaces %s %s', (apiVersion, kind, since, instead) => {
    const [found, ...more] = problems(object(apiVersion, kind))
    expect(more).toEqual([])
    expect(found).toMatchObject({ severity: 'error', at: { file: 'x.yaml', line: 3 }, step: 'service/web' })
    expect(found?.message).toContain(since)
    expect(found?.hint).toContain(instead)
  })

  it('says nothing of what the cluster still serves', () => {
    expect(problems(object('batch/v1beta1', 'CronJob'), { kubernetes: '1.24.0' })).toEqual([])
    expect(problems(object('batch/v1', 'CronJob'))).toEqual([])
  })

  it('refuses kinds that nothing brings, and says how to leave them out', () => {
    const [found] = problems(object('servicecatalog.k8s.io/v1beta1', 'ServiceInstance'))
    expect(found).toMatchObject({
      severity: 'error',
      hint: expect.stringContaining('skip: ["ServiceInstance.servicecatalog.k8s.io"]'),
    })
    expect(
      problems(object('argoproj.io/v1alpha1', 'Application'), { provided: new Set(['argoproj.io/Application']) }),
    ).toEqual([])
    // A chart that has not been fetched may bring it.
    expect(problems(object('example.io/v1', 'Thing'), { mayBring: (group) => group === 'example.io' })).toEqual([
      expect.objectContaining({ severity: 'warning' }),
    ])
    expect(problems(object('source.extensions.fluxcd.io/v1beta1', 'ArtifactGenerator'))).toEqual([
      expect.objectContaining({ hint: expect.stringContaining('`set: { sourceWatcher.create: true }`') }),
    ])
    expect(problems(object('apps/v1', 'Deploiment'))).toEqual([expect.objectContaining({ severity: 'error' })])
  })

  it('warns of an Ingress of a class that nothing in the plan serves', () => {
    const ingress = (spec: object, annotations: Record<string, string> = {}) => ({
      ...object('networking.k8s.io/v1', 'Ingress', { spec }),
      metadata: { name: 'a', annotations },
    })
    const provided = new Set(['networking.k8s.io/Ingress'])
    const traefik = ingress({ ingressClassName: 'traefik' })
    expect(problems(traefik, { provided, classes: new Set(['nginx']) })).toMatchObject([
      {
        severity: 'warning',
        message:
          'Ingress a names the class traefik, which nothing in the plan serves (it has nginx): its hosts are left out unless the cluster has it.',
        hint: expect.stringContaining('ingressClassName: nginx'),
      },
    ])
    const noted = ingress({}, { 'kubernetes.io/ingress.class': 'traefik' })
    expect(problems(noted, { provided, classes: new Set(['nginx']) })).toHaveLength(1)
    expect(problems(traefik, { provided, classes: new Set(['nginx', 'traefik']) })).toEqual([])
    // Somebody whose chart is not here yet may bring it.
    expect(problems(traefik, { provided, classes: undefined })).toEqual([])
    expect(problems(ingress({}), { provided, classes: new Set(['nginx']) })).toEqual([])
  })

  it('warns of an Ingress that nothing answers for', () => {
    const ingress = object('networking.k8s.io/v1', 'Ingress')
    expect(problems(ingress)).toEqual([
      expect.objectContaining({ severity: 'warning', hint: expect.stringContaining('traefik: true') }),
    ])
    expect(problems(ingress, { provided: new Set(['networking.k8s.io/Ingress']) })).toEqual([])
  })

  it('warns of namespaces that a service says itself, and leaves add-ons alone', () => {
    const foreign = { ...object('v1', 'Service'), metadata: { name: 'a', namespace: 'other' } }
    expect(problems(foreign)).toEqual([
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining('other/a') }),
    ])
    expect(problems(foreign, {}, 'addon/x')).toEqual([])
    expect(problems({ ...foreign, metadata: { name: 'a', namespace: 'dev' } })).toEqual([])
    // Two environments would write it both; without any it is told once for all.
    expect(problems(foreign, {}, 'service/web@dev')).toEqual([
      expect.objectContaining({ hint: expect.stringContaining('two environments') }),
    ])
    expect(problems(foreign)).toEqual([expect.not.objectContaining({ hint: expect.anything() })])
    const two = [foreign, { ...foreign, metadata: { name: 'b', namespace: 'other' } }].map((one, index) => ({
      object: one,
      at: { file: 'x.yaml', line: index + 1 },
    }))
    expect(saidOnce(objectProblems(madeDeployable('service/web'), two, dependencies()))).toEqual([
      expect.objectContaining({
        message: 'Service other/a says its namespace itself; service/web is deployed to dev.',
        also: { steps: [], places: [{ file: 'x.yaml', line: 2 }] },
      }),
    ])
  })
})

describe('ownershipProblems', () => {
  const document = (kind: string, apiVersion: string, line: number) => ({
    object: object(apiVersion, kind),
    at: { file: 'x.yaml', line },
  })

  it('refuses what two deployables would write, whatever version they write it in', () => {
    const found = ownershipProblems([
      { deployable: madeDeployable('service/a'), documents: [document('Ingress', 'networking.k8s.io/v1', 1)] },
      { deployable: madeDeployable('service/b'), documents: [document('Ingress', 'networking.k8s.io/v1beta1', 2)] },
    ])
    expect(found).toEqual([
      expect.objectContaining({
        severity: 'error',
        step: 'service/b',
        at: { file: 'x.yaml', line: 2 },
        message: expect.stringContaining('service/a (x.yaml:1)'),
      }),
    ])
  })

  it('lets equal names live in two namespaces, and definitions be shared', () => {
    const documents = [document('Service', 'v1', 1), document('CustomResourceDefinition', 'apiextensions.k8s.io/v1', 2)]
    expect(
      ownershipProblems([
        { deployable: madeDeployable('service/a@dev'), documents },
        { deployable: madeDeployable('service/a@prod', { namespace: 'prod' }), documents },
      ]),
    ).toEqual([])
    const role = [document('ClusterRole', 'rbac.authorization.k8s.io/v1', 1)]
    expect(
      ownershipProblems([
        { deployable: madeDeployable('service/a@dev'), documents: role },
        { deployable: madeDeployable('service/a@prod', { namespace: 'prod' }), documents: role },
      ]),
    ).toHaveLength(1)
  })
})

describe('removedApi', () => {
  it('reads the minor of a version and of a node image', () => {
    expect(['1.36', 'v1.25.3', 'kindest/node:v1.24.1@sha256:00', 'own/image:latest', undefined].map(minorOf)).toEqual([
      36,
      25,
      24,
      undefined,
      undefined,
    ])
  })

  it('counts from the version that removed it', () => {
    const cron = { apiVersion: 'batch/v1beta1', kind: 'CronJob' }
    expect(removedApi(cron, 24)).toBeUndefined()
    expect(removedApi(cron, 25)?.since).toBe('1.25')
  })
})
