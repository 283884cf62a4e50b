import { describe, expect, it } from 'vitest'
import { addonDeployables } from '../../../addons/index.ts'
import type { Cluster } from '../../../cluster/cluster.ts'
import type { KubeObject, Query, Ref } from '../../../cluster/kube/kube.ts'
import type { Context } from '../../../core/step.ts'
import type { Deployable } from '../../../manifests/deployable.ts'
import { madeConfig, madeNode, madeSection } from '../../support/made-config.ts'

const made = (kind: string, name: string, rest: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'headlamp' },
  ...rest,
})

const tokenSecret = (token?: string): KubeObject =>
  made(
    'Secret',
    'headlamp-token',
    token === undefined ? {} : { data: { token: Buffer.from(token).toString('base64') } },
  )

/** A cluster with these objects; each `get` of the Secret sees the next of `secrets`, the last one stays. */
const clusterWith = (objects: readonly KubeObject[], secrets: readonly (KubeObject | undefined)[] = []): Cluster => {
  let probe = 0
  const inNamespace = (namespace: string | undefined): void => {
    if (namespace !== 'headlamp') throw new Error(`asked in ${namespace}`)
  }
  const kube = {
    get: ({ kind, name, namespace }: Ref) => {
      inNamespace(namespace)
      if (kind !== 'Secret' || name !== 'headlamp-token') throw new Error(`asked for ${kind} ${name}`)
      return Promise.resolve(secrets[Math.min(probe++, secrets.length - 1)])
    },
    list: ({ kind, namespace, labelSelector }: Query) => {
      inNamespace(namespace)
      expect(labelSelector).toBe('kindup.dev/step=addon.headlamp')
      return Promise.resolve(objects.filter((object) => object.kind === kind))
    },
  }
  return { context: 'kind-demo', kube: () => Promise.resolve(kube) } as unknown as Cluster
}

const headlampWith = (host?: string): Deployable => {
  const nodes = [madeNode('control-plane', { ports: ['8080:80'] })]
  const section = madeSection('headlamp', host === undefined ? {} : { host })
  const [headlamp] = addonDeployables(madeConfig({ nodes, addons: [section] }))
  if (!headlamp) throw new Error('no deployable')
  return headlamp
}

const context = (timeoutMs = 120_000): Context & { readonly warnings: readonly string[] } => {
  const warnings: string[] = []
  return {
    signal: new AbortController().signal,
    timeoutMs,
    report: () => undefined,
    warn: (text) => warnings.push(text),
    warnings,
  }
}

describe("Headlamp's token", () => {
  it('is a credential with the address of its page', async () => {
    const ctx = context()
    expect(await headlampWith('headlamp.test').facts?.(clusterWith([], [tokenSecret('ey.x.y')]), ctx)).toEqual({
      credentials: [{ name: 'headlamp', password: 'ey.x.y', url: 'http://headlamp.test:8080' }],
    })
    expect(ctx.warnings).toEqual([])
  })

  it('is waited for while the API fills its Secret in', async () => {
    const cluster = clusterWith([], [tokenSecret(), tokenSecret('later')])
    expect(await headlampWith().facts?.(cluster, context())).toEqual({
      credentials: [{ name: 'headlamp', password: 'later' }],
    })
  })

  it.each([
    ['is not there', undefined, /headlamp\/headlamp-token: it is not there; do values of yours set `extraManifests`/],
    ['is never filled in', tokenSecret(), /the API has not filled it in/],
  ])('is said in words when its Secret %s', async (_, secret, words) => {
    const ctx = context(60)
    expect(await headlampWith().facts?.(clusterWith([], [secret]), ctx)).toEqual({})
    expect(ctx.warnings).toEqual([expect.stringMatching(words)])
  })
})

describe('how to reach Headlamp', () => {
  const service = (type: string) => made('Service', 'look', { spec: { type, ports: [{ port: 8000 }] } })

  it('is a command that can be pasted, where no host leads to it', async () => {
    const ctx = context()
    await headlampWith().verify?.(clusterWith([service('ClusterIP')]), ctx)
    expect(ctx.warnings).toEqual([
      expect.stringContaining('kubectl --context kind-demo --namespace headlamp port-forward service/look 4466:8000'),
    ])
  })

  it.each([
    ['a host', 'headlamp.test', [service('ClusterIP')]],
    ['an Ingress of the values', undefined, [service('ClusterIP'), made('Ingress', 'mine')]],
    ['a node port', undefined, [service('NodePort')]],
  ])('is not said with %s', async (_, host, objects) => {
    const ctx = context()
    await headlampWith(host).verify?.(clusterWith(objects), ctx)
    expect(ctx.warnings).toEqual([])
  })
})
