import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  hostsBefore,
  kubeconfigBefore,
  realCluster,
  root,
  whyNoCluster,
  type RealCluster,
} from '../support/real-cluster.ts'

type Report = {
  readonly cluster: { readonly name: string; readonly context: string; readonly kubeconfig: string }
  readonly steps: readonly { readonly id: string; readonly result: string }[]
  readonly smoke: readonly { readonly step: string; readonly ok: boolean }[]
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  readonly credentials: readonly { readonly name: string; readonly username: string; readonly password: string }[]
}

const flags = [
  // Any free port: whoever runs this may serve something on 80.
  '--set',
  'cluster.nodes[2].ports=["0:80","0:443"]',
  // Somebody may commit while this runs.
  '--set',
  'services.service-a.image.tag=hash',
  '--set',
  'services.service-b.image.tag=hash',
]

/** The reference example, whole, as a person brings it up and takes it away. Each test goes on from the one before. */
describe.skipIf(whyNoCluster(['ingress-nginx', 'metrics-server', 'argo-cd']) !== undefined)(
  'the reference example on a real cluster',
  () => {
    let cluster: RealCluster
    let first: Report
    beforeAll(async () => {
      cluster = await realCluster('kindup-e2e', join(root, 'kindup.yaml'))
    })
    afterAll(() => cluster[Symbol.asyncDispose]())

    it('comes up with one command', async () => {
      first = await cluster.json<Report>(['up', ...flags])
      expect(first).not.toHaveProperty('error')
      expect(first.steps.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['cluster/nodes', 'addon/argocd', 'service/service-b@production', 'hosts']),
      )
      expect(first.credentials).toEqual([
        expect.objectContaining({
          name: 'argocd',
          username: 'admin',
          password: expect.stringMatching(/^\S{8,}$/) as string,
        }),
      ])
    })

    it('passes every smoke test, with the right bodies', async () => {
      expect(first.smoke).toHaveLength(12)
      expect(first.smoke.filter(({ ok }) => !ok)).toEqual([])
      const again = await cluster.json<{ smoke: Report['smoke'] }>(['test', ...flags])
      expect(again.smoke.filter(({ ok }) => ok)).toHaveLength(12)
    })

    it('runs everything where the file says', () => {
      const nodes = JSON.parse(cluster.kubectl('get', 'nodes', '-o', 'json')) as {
        items: { metadata: { name: string; labels: Record<string, string> } }[]
      }
      const tierOf = new Map(nodes.items.map(({ metadata }) => [metadata.name, metadata.labels['tier']]))
      const pods = JSON.parse(cluster.kubectl('get', 'pods', '--all-namespaces', '-o', 'json')) as {
        items: { metadata: { namespace: string }; spec: { nodeName: string } }[]
      }
      const tiersIn = (namespace: string) =>
        new Set(
          pods.items
            .filter(({ metadata }) => metadata.namespace === namespace)
            .map(({ spec }) => tierOf.get(spec.nodeName)),
        )
      expect(tiersIn('developer')).toEqual(new Set(['backend']))
      expect(tiersIn('production')).toEqual(new Set(['backend']))
      expect(tiersIn('argocd')).toEqual(new Set(['backstage']))
      expect(tiersIn('ingress-nginx')).toEqual(new Set(['backstage']))
    })

    it('makes metrics answer', () => {
      expect(
        cluster.kubectl(
          'get',
          'apiservice',
          'v1beta1.metrics.k8s.io',
          '-o',
          'jsonpath={.status.conditions[?(@.type=="Available")].status}',
        ),
      ).toBe('True')
    })

    it('makes the names lead here and the context current', async () => {
      expect(await cluster.home.read('hosts')).toContain('127.0.0.1 dev.service-a.offerfit.local')
      expect(await cluster.home.read('home/.kube/config')).toContain('current-context: kind-kindup-e2e')
    })

    it('changes nothing the second time, and calls neither kind nor helm', async () => {
      const { code, stdout, stderr } = await cluster.kindup(['up', '--verbose', ...flags])
      expect(code).toBe(0)
      expect(stdout).toContain('nothing was changed')
      expect(
        stderr.split('\n').filter((line) => /\$ \S*\b(kind create|helm (upgrade|install|template))/.test(line)),
      ).toEqual([])
      const status = await cluster.json<{ healthy: boolean }>(['status', ...flags])
      expect(status.healthy).toBe(true)
    })

    it('removes an add-on that is turned off, and nothing else', async () => {
      const report = await cluster.json<Report>(['up', ...flags, '--set', 'addons.metrics-server=false'])
      expect(report.steps.filter(({ result }) => result !== 'unchanged')).toEqual([
        expect.objectContaining({ id: 'addon/metrics-server', result: 'removed' }),
      ])
      expect(cluster.kubectl('get', 'apiservices', '-o', 'name')).not.toContain('metrics.k8s.io')
    })

    it('says what is broken, and fixes it', async () => {
      cluster.kubectl('--namespace', 'developer', 'delete', 'deployment', 'service-a')
      const broken = await cluster.json<{ healthy: boolean; steps: { id: string; state: string }[] }>([
        'status',
        ...flags,
        '--set',
        'addons.metrics-server=false',
      ])
      expect(broken.healthy).toBe(false)
      expect(broken.steps.filter(({ state }) => state === 'broken').map(({ id }) => id)).toEqual([
        'service/service-a@developer',
      ])
      const fixed = await cluster.json<Report>(['up', ...flags, '--set', 'addons.metrics-server=false'])
      expect(fixed.steps.filter(({ result }) => result !== 'unchanged').map(({ id }) => id)).toEqual([
        'service/service-a@developer',
      ])
    })

    it('goes away without a trace, and twice', async () => {
      const { code } = await cluster.kindup(['down'])
      expect(code).toBe(0)
      expect(cluster.left()).toEqual([])
      expect(await cluster.home.read('hosts')).toBe(hostsBefore)
      expect(await cluster.home.read('home/.kube/config')).toBe(kubeconfigBefore)
      const again = await cluster.json<{ removed: string[] }>(['down'])
      expect(again.removed).toEqual([])
    })
  },
)
