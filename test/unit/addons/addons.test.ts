import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { addonDeployables, builtInAddons } from '../../../addons/index.ts'
import { builtinAddons } from '../../../config/builtin-addons.ts'
import type { AddonConfig, Config } from '../../../config/config.ts'
import type { Cluster } from '../../../cluster/cluster.ts'
import { ConfigError } from '../../../core/errors.ts'
import type { Context } from '../../../core/step.ts'
import type { Deployable } from '../../../manifests/deployable.ts'
import { madeConfig, madeNode, madeSection } from '../../support/made-config.ts'

const one = (section: AddonConfig, parts: Parameters<typeof madeConfig>[0] = {}): Deployable => {
  const [deployable] = addonDeployables(madeConfig({ ...parts, addons: [section] }))
  if (!deployable) throw new Error('no deployable')
  return deployable
}

const helmOf = ({ source }: Deployable) => {
  if (source.kind !== 'helm') throw new Error(`a ${source.kind} source`)
  return source
}

const problemsOf = (config: Config) => {
  try {
    addonDeployables(config)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('nothing was wrong')
}

const chartOf = (parts: Partial<AddonConfig>) => helmOf(one(madeSection('metrics-server', parts))).chart

const nodeOf = (parts: Parameters<typeof madeConfig>[0], section = madeSection('ingress-nginx')) =>
  helmOf(one(section, parts))
    .values.map((layer) => ('values' in layer ? JSON.stringify(layer.values) : ''))
    .join()
    .match(/"kubernetes.io\/hostname":"([^"]+)"/g)

describe('the add-ons of a file', () => {
  it('are the built-in ones that the file may name without a chart', () => {
    expect(builtInAddons.toSorted()).toEqual(Object.keys(builtinAddons).toSorted())
  })

  it('has Flux end a wait that new files mend, where its controllers are known to know how', () => {
    const said = (parts: Partial<AddonConfig>): string =>
      JSON.stringify(helmOf(one(madeSection('flux', parts), { addons: [madeSection('flux', parts)] })).values)
    expect(said({})).toContain('CancelHealthCheckOnNewRevision=true,DefaultToRetryOnFailure=true')
    expect(said({ version: '2.16.0' })).not.toContain('feature-gates')
    expect(said({ chart: './mine' })).not.toContain('feature-gates')
  })

  it('come in the order of the file, each pinned and in its own namespace', () => {
    const found = addonDeployables(madeConfig({ addons: builtInAddons.toReversed().map((name) => madeSection(name)) }))
    expect(found.map(({ id }) => id)).toEqual([
      'addon/gateway',
      'addon/headlamp',
      'addon/flux',
      'addon/argocd',
      'addon/metrics-server',
      'addon/ingress-nginx',
      'addon/traefik',
    ])
    expect(found.map(({ namespace }) => namespace)).toEqual([
      'default',
      'headlamp',
      'flux-system',
      'argocd',
      'kube-system',
      'ingress-nginx',
      'traefik',
    ])
    for (const deployable of found.slice(1)) expect(helmOf(deployable).chart.version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('have a values file that is there', () => {
    for (const name of builtInAddons.filter((builtIn) => builtIn !== 'gateway')) {
      const [first] = helmOf(one(madeSection(name))).values
      expect(first && 'file' in first && existsSync(first.file)).toBe(true)
    }
  })

  it('lay values files, set, host and placement over their own, in this order', () => {
    const section = madeSection('argocd', {
      values: ['/a.yaml', '/b.yaml'],
      set: { 'server.replicas': 2 },
      host: 'argocd.test',
      placement: { tier: 'back' },
    })
    const nodes = [madeNode('control-plane'), madeNode('worker', { labels: { tier: 'back' } })]
    expect(helmOf(one(section, { nodes })).values.slice(1)).toMatchObject([
      { file: '/a.yaml', at: { file: 'addons.argocd.values.0' } },
      { file: '/b.yaml' },
      { set: { 'server.replicas': 2 } },
      { values: { global: { domain: 'argocd.test' } } },
      { values: { global: { nodeSelector: { tier: 'back' }, tolerations: [] } } },
    ])
  })

  it('take another version, a mirror, or a chart of the user with nothing of ours mixed in', () => {
    expect(chartOf({ version: '3.12.0' })).toMatchObject({ chart: 'metrics-server', version: '3.12.0' })
    expect(chartOf({ repo: 'https://mirror.test' })).toEqual({
      chart: 'metrics-server',
      repo: 'https://mirror.test',
      version: '3.13.1',
    })
    expect(chartOf({ chart: '/charts/metrics-server.tgz' })).toEqual({ chart: '/charts/metrics-server.tgz' })
  })

  it('name other add-ons they need by name, and anything else by step id', () => {
    const sections = [
      madeSection('argocd', { needs: ['metrics-server', 'service/db@dev'] }),
      madeSection('metrics-server'),
    ]
    const [argocd] = addonDeployables(madeConfig({ addons: sections }))
    expect(argocd?.needs).toEqual(['addon/metrics-server', 'service/db@dev'])
  })

  it('may be any chart, whose placement goes into what it renders', () => {
    const section = madeSection('my-chart', {
      chart: './x',
      namespace: 'mine',
      placement: { tier: 'x' },
      set: { a: 1 },
    })
    expect(one(section)).toMatchObject({
      id: 'addon/my-chart',
      namespace: 'mine',
      placement: { tier: 'x' },
      placementBy: 'objects',
      source: { chart: { chart: './x' }, release: 'my-chart', values: [{ set: { a: 1 } }] },
    })
  })
})

describe('ingress-nginx', () => {
  it('runs on the control plane when no node maps its port', () => {
    expect(nodeOf({ nodes: [madeNode('worker'), madeNode('control-plane')] })).toContain(
      '"kubernetes.io/hostname":"demo-control-plane"',
    )
  })

  it('runs on the worker that maps node port 80, whatever the host port', () => {
    const nodes = [madeNode('control-plane'), madeNode('worker'), madeNode('worker', { ports: ['0:80'] })]
    expect(new Set(nodeOf({ nodes }))).toEqual(new Set(['"kubernetes.io/hostname":"demo-worker2"']))
  })

  it('refuses a placement that its ports do not lead to, with the place', () => {
    const nodes = [madeNode('control-plane', { ports: ['80:80'] }), madeNode('worker', { labels: { tier: 'back' } })]
    const addons = [
      madeSection('ingress-nginx', { placement: { tier: 'back' } }),
      madeSection('metrics-server', { host: 'x.test' }),
    ]
    const problems = problemsOf(madeConfig({ nodes, addons }))
    expect(problems.map(({ at }) => at?.file)).toEqual(['addons.ingress-nginx.placement', 'addons.metrics-server.host'])
    expect(problems[0]?.message).toContain('demo-control-plane')
    expect(problems[0]?.message).toContain('tier=back')
  })
})

describe('traefik', () => {
  it('runs where the ports lead, and is refused elsewhere, as ingress-nginx is', () => {
    const nodes = [madeNode('control-plane'), madeNode('worker', { labels: { tier: 'back' }, ports: ['0:80'] })]
    expect(nodeOf({ nodes }, madeSection('traefik'))).toContain('"kubernetes.io/hostname":"demo-worker"')
    const problems = problemsOf(madeConfig({ nodes, addons: [madeSection('traefik', { placement: { tier: 'x' } })] }))
    expect(problems.map(({ at }) => at?.file)).toEqual(['addons.traefik.placement'])
  })

  it('serves the Gateway API where the file has that, and then comes after its definitions', () => {
    const gatewayOf = ({ source }: Deployable) =>
      JSON.stringify(source.kind === 'helm' && source.values).includes('"kubernetesGateway":{"enabled":true')
    expect(gatewayOf(one(madeSection('traefik')))).toBe(false)
    const [traefik, gateway] = addonDeployables(
      madeConfig({ addons: [madeSection('traefik'), madeSection('gateway')] }),
    )
    expect(traefik).toSatisfy(gatewayOf)
    expect(traefik?.needs).toEqual([gateway?.id])
    expect(traefik?.serves).toContain('gateway.networking.k8s.io/HTTPRoute')
    expect(gateway?.provides).toContain('gateway.networking.k8s.io/HTTPRoute')
    const [beside] = addonDeployables(
      madeConfig({ addons: [madeSection('traefik'), madeSection('gateway', { chart: './istio-gateway' })] }),
    )
    expect(beside && gatewayOf(beside)).toBe(false)
  })

  it('is given the certificate for every host, Gateways of its own included', () => {
    const tls = { domains: [], pods: false }
    const { needs, source } = one(madeSection('traefik'), { tls })
    expect(needs).toEqual(['tls'])
    expect(JSON.stringify(source)).toContain('{"defaultCertificate":{"secretName":"kindup-tls"}}')
  })
})

describe('gateway', () => {
  it('is the definitions of one release, or of the version that the file names', () => {
    const paths = (section: AddonConfig) => one(section).source
    expect(paths(madeSection('gateway'))).toMatchObject({
      paths: ['https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml'],
    })
    expect(JSON.stringify(paths(madeSection('gateway', { version: 'v1.5.0' })))).toContain('/v1.5.0/')
    expect(paths(madeSection('gateway', { chart: './crds' }))).toMatchObject({ kind: 'helm' })
  })

  it('says at their lines what only a chart would take', () => {
    const addons = [madeSection('gateway', { set: { a: 1 }, host: 'x.test' })]
    expect(problemsOf(madeConfig({ addons })).map(({ at }) => at?.file)).toEqual([
      'addons.gateway.host',
      'addons.gateway.set',
    ])
  })
})

it.each([
  ['ingress-nginx', {}, [expect.stringMatching(/retired .* `traefik: true`/)]],
  ['ingress-nginx', { chart: './mine' }, []],
  ['traefik', {}, []],
])('tells where it is deployed that its maintainers retired an add-on: %s %j', async (name, section, expected) => {
  const said: string[] = []
  await one(madeSection(name, section)).verify?.(
    {} as Cluster,
    { warn: (text: string) => void said.push(text) } as unknown as Context,
  )
  expect(said).toEqual(expected)
})

describe('what goes before the controllers', () => {
  it('begins with what makes and applies, so that nothing is made again while the rest goes', () => {
    expect(one(madeSection('argocd')).beforeRemoval).toEqual([
      'argoproj.io/ApplicationSet',
      'argoproj.io/Application',
      'argoproj.io/AppProject',
    ])
    const flux = one(madeSection('flux')).beforeRemoval ?? []
    const at = (kind: string) => flux.indexOf(kind)
    expect(at('kustomize.toolkit.fluxcd.io/Kustomization')).toBeGreaterThanOrEqual(0)
    expect(at('helm.toolkit.fluxcd.io/HelmRelease')).toBeLessThan(at('source.toolkit.fluxcd.io/HelmRepository'))
    expect(at('kustomize.toolkit.fluxcd.io/Kustomization')).toBeLessThan(at('source.toolkit.fluxcd.io/GitRepository'))
  })
})

it('names the host port that is bound, in its own URL and in what the file sets', () => {
  const [port] = madeNode('control-plane', { ports: ['80:80'] }).ports
  const nodes = [{ ...madeNode('control-plane'), ports: [{ ...port!, bound: 8080 }] }]
  const section = madeSection('argocd', { host: 'argocd.test', set: { url: 'http://x.test:{port:80}/{name}' } })
  const layers = JSON.stringify(helmOf(one(section, { nodes })).values)
  expect(layers).toContain('http://argocd.test:8080')
  // The other placeholders are for services.
  expect(layers).toContain('http://x.test:8080/{name}')
})
