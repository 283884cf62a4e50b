import { describe, expect, it } from 'vitest'
import { seeCluster } from '../../../../cluster/diagnose/evidence.ts'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'

const pod = (name: string, owner: string, hasRun = true): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'dev',
    uid: name,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
  },
  status: {
    containerStatuses: [
      { name: 'main', restartCount: 1, ...(hasRun && { lastState: { terminated: { exitCode: 1 } } }) },
    ],
  },
})

/** An API with those pods and nothing else, that remembers whose logs it was asked for. */
const serving = (pods: readonly KubeObject[]) => {
  const asked = new Set<string>()
  const kube = {
    version: () => Promise.resolve('v1.36.4'),
    list: ({ kind }: { kind: string }) => Promise.resolve(kind === 'Pod' ? pods : []),
    listMetadata: () => Promise.resolve([]),
    logs: ({ name }: { name: string }) => {
      asked.add(name)
      return Promise.resolve(`of ${name}`)
    },
  } as unknown as Kube
  return { kube, asked }
}

const many = (count: number, owner: string, hasRun = true): readonly KubeObject[] =>
  Array.from({ length: count }, (_, index) => pod(`${owner}-${index}`, owner, hasRun))

describe('the logs that are read of a cluster', () => {
  it('are one of each workload before those that say the same', async () => {
    const { kube, asked } = serving([...many(70, 'web'), pod('api-0', 'api')])
    const { logs } = await seeCluster(kube, new AbortController().signal)
    expect(logs.get('dev/api-0/main')).toContain('of api-0')
    expect(asked.size).toBe(40)
  })

  it('are none of pods that never ran', async () => {
    const { kube, asked } = serving([...many(50, 'unscheduled', false), pod('api-0', 'api')])
    await seeCluster(kube, new AbortController().signal)
    expect([...asked]).toEqual(['api-0'])
  })
})

describe('the kinds that not every cluster has', () => {
  it('are read where they are defined, in the newest version that is served', async () => {
    const defined = ['tlsroutes.gateway.networking.k8s.io', 'ingressrouteudps.traefik.io', 'middlewaretcps.traefik.io']
    const served = new Map([
      ['gateway.networking.k8s.io/v1alpha3', ['TLSRoute']],
      ['gateway.networking.k8s.io/v1alpha2', ['TLSRoute']],
      ['traefik.io/v1alpha1', ['IngressRouteUDP', 'MiddlewareTCP', 'Middleware']],
    ])
    const kube = {
      version: () => Promise.resolve('v1.36.4'),
      served: (apiVersion: string) => Promise.resolve((served.get(apiVersion) ?? []).map((kind) => ({ kind }))),
      list: ({ apiVersion, kind }: { apiVersion: string; kind: string }) =>
        Promise.resolve(
          served.get(apiVersion)?.includes(kind)
            ? [{ apiVersion, kind, metadata: { name: 'shop', namespace: 'dev' } }]
            : [],
        ),
      listMetadata: () =>
        Promise.resolve(
          defined.map((name) => ({
            apiVersion: 'apiextensions.k8s.io/v1',
            kind: 'CustomResourceDefinition',
            metadata: { name },
          })),
        ),
    } as unknown as Kube
    const { objects, unanswered } = await seeCluster(kube, new AbortController().signal)
    expect(unanswered).toEqual([])
    expect(
      objects.filter(({ metadata }) => metadata.name === 'shop').map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
    ).toEqual([
      'gateway.networking.k8s.io/v1alpha3 TLSRoute',
      'traefik.io/v1alpha1 IngressRouteUDP',
      'traefik.io/v1alpha1 MiddlewareTCP',
    ])
  })
})
