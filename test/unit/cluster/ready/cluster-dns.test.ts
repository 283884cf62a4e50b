import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { awaitDns, dnsTroubleNow } from '../../../../cluster/ready/cluster-dns.ts'
import { startApiServer, type ApiServer } from '../../../support/api-server/start-api-server.ts'
import { context } from '../../../support/steps.ts'

let folder: string
let server: ApiServer
let kube: Kube
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-dns-'))
  server = await startApiServer({})
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig)
  kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' })
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const namespace = 'kube-system'
const labels = { 'k8s-app': 'kube-dns' }
const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace },
  spec: { selector: labels, ports: [{ port: 53, protocol: 'UDP' }] },
}
const slice = (ready?: boolean): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'kube-dns-1', namespace, labels: { 'kubernetes.io/service-name': 'kube-dns' } },
  addressType: 'IPv4',
  endpoints: ready === undefined ? [] : [{ addresses: ['10.244.0.2'], conditions: { ready } }],
  ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
})
const coredns = (replicas = 1): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'coredns', namespace },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'coredns', image: 'coredns:1', readinessProbe: { httpGet: { port: 8181 } } }] },
    },
  },
})
const dns = (ctx = context()) => awaitDns(kube, ctx, { context: 'kind-test' })

describe('the DNS of the cluster', () => {
  it('is there with a ready endpoint, which takes one look', async () => {
    await kube.apply(slice(true))
    const before = server.state.requests.length
    await dns()
    expect(server.state.requests.slice(before).map(({ path }) => path)).toEqual([
      `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    ])
  })

  it('is nobody’s to wait for where there is no Service kube-dns', async () => {
    await dns()
    expect(server.state.requests.filter(({ query }) => query.includes('watch'))).toEqual([])
  })

  it('is waited for until an endpoint is ready, whatever else of it is not', async () => {
    server.state.behave('coredns', 'slow')
    for (const object of [service, slice(false), coredns(2)]) await kube.apply(object)
    const ctx = context()
    const done = dns(ctx)
    await expect.poll(() => ctx.reports.at(-1)).toContain('coredns: 0/2 ready')
    await kube.apply(slice(true))
    await done
  })

  it('may be brought by an add-on that comes later', async () => {
    for (const object of [service, slice()]) await kube.apply(object)
    const ctx = context()
    const done = dns(ctx)
    await expect
      .poll(() => ctx.reports.at(-1))
      .toBe('no Deployment or DaemonSet of kube-system is behind Service kube-dns')
    await kube.apply(coredns())
    await expect.poll(() => ctx.reports.at(-1)).toMatch(/coredns|no ready endpoint/)
    await kube.apply(slice(true))
    await done
  })

  it('says at once that nobody runs it, and what to type', async () => {
    for (const object of [service, slice(), coredns(0)]) await kube.apply(object)
    await expect(dns()).rejects.toMatchObject({
      message:
        'The DNS of the cluster: Deployment coredns of kube-system is scaled to 0, and no pod can resolve a name.',
      hints: ['kubectl --context kind-test --namespace kube-system scale deployment coredns --replicas 2'],
    })
  })

  it('is told of as it is waited for', async () => {
    const trouble = () => dnsTroubleNow(kube, [])
    expect(await trouble()).toBeUndefined()
    for (const object of [service, slice(), coredns(0)]) await kube.apply(object)
    expect(await trouble()).toBe(
      'the DNS of the cluster does not answer: Deployment coredns of kube-system is scaled to 0',
    )
    await kube.apply(coredns(1))
    expect(await trouble()).toBe(
      'the DNS of the cluster does not answer: Service kube-dns of kube-system has no ready endpoint',
    )
    await kube.apply(slice(true))
    expect(await trouble()).toBeUndefined()
  })

  it('says why it never will be', async () => {
    server.state.behave('coredns', 'image-missing')
    for (const object of [service, slice(), coredns()]) await kube.apply(object)
    await expect(dns()).rejects.toMatchObject({
      code: 'wait-failed',
      message: expect.stringMatching(/^The DNS of the cluster: Deployment coredns: image coredns:1 cannot be pulled/),
    })
  })
})
