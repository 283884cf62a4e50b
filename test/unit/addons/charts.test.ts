import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { addonDeployables } from '../../../addons/index.ts'
import type { AddonConfig } from '../../../config/config.ts'
import { madeConfig, madeNode, madeSection } from '../../support/made-config.ts'
import { realChart } from '../../support/real-chart.ts'
import { realTool } from '../../support/real-tools.ts'

// What the values achieve in the charts themselves: a key that a chart does not read is found nowhere else.

type Rendered = {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> }
  readonly [key: string]: unknown
}
type Container = {
  readonly args?: string[]
  readonly ports?: { hostPort?: number; containerPort?: number }[]
  readonly readinessProbe?: Record<string, number>
}
type PodSpec = {
  readonly nodeSelector?: Record<string, string>
  readonly tolerations?: unknown
  readonly terminationGracePeriodSeconds?: number
  readonly containers: Container[]
}

const helm = realTool('helm4') ?? realTool('helm3')

const nodes = [
  madeNode('control-plane'),
  madeNode('worker', { labels: { tier: 'backend' } }),
  madeNode('worker', {
    labels: { tier: 'backstage' },
    ports: ['8080:80', '8443:443'],
    taints: [{ key: 'dedicated', value: 'infra', effect: 'NoSchedule' }],
  }),
]

/** Each chart with each section once: a render takes a fifth of a second, and many tests look at the same. */
const rendered = new Map<string, readonly Rendered[]>()
const render = (name: string, section: Partial<AddonConfig>): readonly Rendered[] => {
  const key = JSON.stringify([name, section])
  const objects = rendered.get(key) ?? parsed(helmTemplate(name, section))
  rendered.set(key, objects)
  return objects
}

const helmTemplate = (name: string, section: Partial<AddonConfig>): string => {
  const [deployable] = addonDeployables(madeConfig({ nodes, addons: [madeSection(name, section)] }))
  if (deployable?.source.kind !== 'helm' || !helm) throw new Error('nothing to render')
  const { chart, release, values } = deployable.source
  const folder = mkdtempSync(join(tmpdir(), 'kindup-addon-'))
  try {
    const files = values.map((layer, index) => {
      if ('file' in layer) return layer.file
      if ('set' in layer) throw new Error('not rendered here')
      const file = join(folder, `${index}.json`)
      writeFileSync(file, JSON.stringify(layer.values))
      return file
    })
    const archive = realChart(chart.chart, chart.version ?? '') ?? ''
    return execFileSync(
      helm,
      [
        'template',
        release,
        archive,
        '--namespace',
        deployable.namespace,
        // The version that helm assumes is the one it was built with.
        '--kube-version',
        '1.36.0',
        ...files.flatMap((file) => ['--values', file]),
      ],
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The schemas of CRDs are most of the text and nobody looks at them here. */
const parsed = (text: string): readonly Rendered[] =>
  text
    .split(/^---$/m)
    .map((part) => (/^kind: CustomResourceDefinition$/m.test(part) ? part.replace(/^ {2}versions:[\s\S]*/m, '') : part))
    .map((part) => parse(part) as Rendered | null)
    .filter((object) => object !== null)

const withPods = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job']
const workloads = (objects: readonly Rendered[]) => objects.filter(({ kind }) => withPods.includes(kind))
const podOf = (object: Rendered | undefined): PodSpec =>
  (object?.['spec'] as { template: { spec: PodSpec } } | undefined)?.template.spec ?? { containers: [] }
const containerOf = (object: Rendered | undefined): Container => podOf(object).containers[0] ?? {}
const named = (objects: readonly Rendered[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name)

const charts = {
  traefik: realChart('traefik', '41.3.0'),
  'ingress-nginx': realChart('ingress-nginx', '4.15.1'),
  'metrics-server': realChart('metrics-server', '3.13.1'),
  argocd: realChart('argo-cd', '10.1.1'),
  flux: realChart('flux2', '2.18.3'),
  headlamp: realChart('headlamp', '0.45.0'),
}

describe.each(Object.entries(charts))('the chart of %s', (name, archive) => {
  const hasBoth = archive !== undefined && helm !== undefined

  it.runIf(hasBoth)('puts every pod where placement says, hooks included, with the tolerations of that node', () => {
    const objects = workloads(render(name, { placement: { tier: 'backstage' } }))
    expect(objects.length).toBeGreaterThan(0)
    for (const object of objects)
      expect({ name: object.metadata.name, ...podOf(object) }).toMatchObject({
        name: object.metadata.name,
        nodeSelector: { tier: 'backstage' },
        tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'infra', effect: 'NoSchedule' }],
      })
  })

  it.runIf(hasBoth)('looks at its pods early', () => {
    for (const object of workloads(render(name, {})))
      expect(containerOf(object).readinessProbe?.['initialDelaySeconds'] ?? 0).toBeLessThanOrEqual(1)
  })
})

const ingressNginx = () => render('ingress-nginx', {})
const controller = () => named(ingressNginx(), 'Deployment', 'ingress-nginx-controller')

describe.runIf(helm && charts['ingress-nginx'])('ingress-nginx on kind', () => {
  it('listens on the ports of the node that maps node port 80, also where nothing is placed', () => {
    const pod = podOf(controller())
    expect(pod.nodeSelector).toMatchObject({ 'kubernetes.io/hostname': 'demo-worker2' })
    expect(pod.containers[0]?.ports?.flatMap(({ hostPort }) => hostPort ?? [])).toEqual([80, 443])
    expect(pod.tolerations).toEqual([{ key: 'dedicated', operator: 'Equal', value: 'infra', effect: 'NoSchedule' }])
  })

  it('is replaced by ending the old pod first, at once', () => {
    expect(controller()?.['spec']).toMatchObject({
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: { spec: { terminationGracePeriodSeconds: 0 } },
    })
  })

  it('takes Ingresses without a class and gives them an address without a load balancer', () => {
    const { args } = containerOf(controller())
    expect(args).toContain('--watch-ingress-without-class=true')
    expect(args).toContain('--publish-status-address=localhost')
    expect(args).toContain('--status-update-interval=5')
    // Its workers compare times in whole seconds: of two changes within one the second is lost.
    expect(args?.join(' ')).not.toContain('--sync-rate-limit')
    // Without an election the controller writes no status at all.
    expect(args).not.toContain('--disable-leader-election=true')
    expect(args?.filter((arg) => arg.startsWith('--publish-service'))).toEqual([])
  })

  it('has no Service that waits for a load balancer', () => {
    const types = ingressNginx()
      .filter(({ kind }) => kind === 'Service')
      .map(({ spec }) => (spec as { type?: string }).type)
    expect(types).not.toContain('LoadBalancer')
  })

  it('has no webhook, and no hooks that make its certificates', () => {
    expect(ingressNginx().map(({ kind }) => kind)).not.toContain('ValidatingWebhookConfiguration')
    expect(ingressNginx().filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'])).toEqual([])
  })

  it('refuses no Ingress while its webhook is not there, where the file wants one', () => {
    const values = join(mkdtempSync(join(tmpdir(), 'kindup-addon-')), 'values.yaml')
    writeFileSync(values, 'controller: { admissionWebhooks: { enabled: true } }')
    const webhook = named(
      render('ingress-nginx', { values: [values] }),
      'ValidatingWebhookConfiguration',
      'ingress-nginx-admission',
    )
    rmSync(dirname(values), { recursive: true })
    expect(webhook?.['webhooks']).toMatchObject([{ failurePolicy: 'Ignore', timeoutSeconds: 3 }])
  })
})

describe.runIf(helm && charts.traefik)('Traefik on kind', () => {
  const objects = () => render('traefik', {})
  const pod = () => podOf(named(objects(), 'Deployment', 'traefik'))

  it('listens on the ports of the node that maps node port 80, inside on the same, and ends at once for the next', () => {
    const ports = pod().containers[0]?.ports?.filter(({ hostPort }) => hostPort !== undefined)
    expect(ports).toMatchObject([
      { hostPort: 80, containerPort: 80 },
      { hostPort: 443, containerPort: 443 },
    ])
    expect(pod()).toMatchObject({
      nodeSelector: { 'kubernetes.io/hostname': 'demo-worker2' },
      securityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] },
      terminationGracePeriodSeconds: 1,
    })
    expect(named(objects(), 'Deployment', 'traefik')?.['spec']).toMatchObject({
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    })
  })

  it('takes Ingresses of the classes traefik and nginx and of none, each by one provider, and gives them an address', () => {
    const { args } = containerOf(named(objects(), 'Deployment', 'traefik'))
    expect(args).toEqual(
      expect.arrayContaining([
        '--providers.kubernetesingress.ingressClass=traefik',
        '--providers.kubernetesingress.ingressendpoint.hostname=localhost',
        '--providers.kubernetesingressnginx.watchIngressWithoutClass=true',
        '--providers.kubernetesingressnginx.publishStatusAddress=localhost',
      ]),
    )
    const classes = objects().filter(({ kind }) => kind === 'IngressClass')
    expect(classes.map(({ metadata }) => metadata.name).toSorted()).toEqual(['nginx', 'traefik'])
    expect(JSON.stringify(classes)).not.toContain('"is-default-class":"true"')
    expect(objects().find(({ kind }) => kind === 'Service')?.['spec']).toMatchObject({ type: 'ClusterIP' })
  })
})

describe.runIf(helm && charts['metrics-server'])('metrics-server on kind', () => {
  it('accepts the self-signed kubelets, measures every 10 s, and leaves `args` to the user', () => {
    const { args } = containerOf(named(render('metrics-server', {}), 'Deployment', 'metrics-server'))
    expect(args).toContain('--kubelet-insecure-tls')
    expect(args?.filter((arg) => arg.startsWith('--metric-resolution'))).toEqual(['--metric-resolution=10s'])
    expect(args).toContain('--kubelet-request-timeout=5s')
  })

  it('may begin on the control plane while workers join', () => {
    expect(podOf(named(render('metrics-server', {}), 'Deployment', 'metrics-server')).tolerations).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
    ])
  })
})

describe.runIf(helm && charts.argocd)('Argo CD on kind', () => {
  it('is reached at its host by plain HTTP', () => {
    const objects = render('argocd', { host: 'argocd.demo.test' })
    expect(named(objects, 'Ingress', 'argocd-server')?.['spec']).toMatchObject({
      rules: [
        {
          host: 'argocd.demo.test',
          http: { paths: [{ backend: { service: { name: 'argocd-server', port: { number: 80 } } } }] },
        },
      ],
    })
    expect(named(objects, 'ConfigMap', 'argocd-cmd-params-cm')?.['data']).toMatchObject({ 'server.insecure': 'true' })
    expect(named(objects, 'ConfigMap', 'argocd-cm')?.['data']).toMatchObject({ url: 'http://argocd.demo.test:8080' })
  })

  it('has no Ingress without a host', () => {
    expect(render('argocd', {}).filter(({ kind }) => kind === 'Ingress')).toEqual([])
  })

  it('starts what one person needs: controller, server, repository server and their cache', () => {
    const running = workloads(render('argocd', {})).filter(
      ({ kind, spec }) => kind !== 'Job' && (spec as { replicas?: number }).replicas !== 0,
    )
    expect(running.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      'argocd-application-controller',
      'argocd-redis',
      'argocd-repo-server',
      'argocd-server',
    ])
  })

  it('leaves no CRD behind when it is uninstalled', () => {
    const crds = render('argocd', {}).filter(({ kind }) => kind === 'CustomResourceDefinition')
    expect(crds.length).toBe(3)
    expect(crds.flatMap(({ metadata }) => metadata.annotations?.['helm.sh/resource-policy'] ?? [])).toEqual([])
  })
})

describe.runIf(helm && charts.flux)('Flux on kind', () => {
  it('brings the kinds that it says it provides, and no more', () => {
    const [deployable] = addonDeployables(madeConfig({ addons: [madeSection('flux')] }))
    const kinds = render('flux', {})
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map(({ spec }) => spec as { group: string; names: { kind: string } })
      .map(({ group, names }) => `${group}/${names.kind}`)
    expect(deployable?.provides.toSorted()).toEqual(kinds.toSorted())
  })

  it('starts the four controllers of a plain `flux install`', () => {
    const names = render('flux', {})
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata }) => metadata.name)
    expect(names.toSorted()).toEqual([
      'helm-controller',
      'kustomize-controller',
      'notification-controller',
      'source-controller',
    ])
  })
})

describe.runIf(helm && charts.headlamp)('Headlamp on kind', () => {
  it('brings a token for the very account that it runs as and that it gives rights', () => {
    const objects = render('headlamp', { release: 'look' })
    const account = 'look-headlamp'
    expect(named(objects, 'Secret', 'headlamp-token')).toMatchObject({
      type: 'kubernetes.io/service-account-token',
      metadata: { namespace: 'headlamp', annotations: { 'kubernetes.io/service-account.name': account } },
    })
    expect(named(objects, 'ServiceAccount', account)).toBeDefined()
    const [binding] = objects.filter(({ kind }) => kind === 'ClusterRoleBinding')
    expect(binding).toMatchObject({
      roleRef: { name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'headlamp' }],
    })
  })

  it('makes no other Secret', () => {
    const secrets = render('headlamp', {}).filter(({ kind }) => kind === 'Secret')
    expect(secrets.map(({ metadata }) => metadata.name)).toEqual(['headlamp-token'])
  })

  it('is reached at its host, and has no Ingress without one', () => {
    expect(named(render('headlamp', { host: 'headlamp.demo.test' }), 'Ingress', 'headlamp')?.['spec']).toMatchObject({
      rules: [
        {
          host: 'headlamp.demo.test',
          http: { paths: [{ path: '/', backend: { service: { name: 'headlamp', port: { number: 80 } } } }] },
        },
      ],
    })
    expect(render('headlamp', {}).filter(({ kind }) => kind === 'Ingress')).toEqual([])
  })
})
