import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { addonDeployables, builtInAddons } from '../../../addons/index.ts'
import { builtinAddons } from '../../../config/builtin-addons.ts'
import type { AddonConfig, Config } from '../../../config/config.ts'
import { ConfigError } from '../../../core/errors.ts'
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

  it('come in the order of the file, each pinned and in its own namespace', () => {
    const found = addonDeployables(madeConfig({ addons: builtInAddons.toReversed().map((name) => madeSection(name)) }))
    expect(found.map(({ id }) => id)).toEqual([
      'addon/headlamp',
      'addon/flux',
      'addon/argocd',
      'addon/metrics-server',
      'addon/ingress-nginx',
    ])
    expect(found.map(({ namespace }) => namespace)).toEqual([
      'headlamp',
      'flux-system',
      'argocd',
      'kube-system',
      'ingress-nginx',
    ])
    for (const deployable of found) expect(helmOf(deployable).chart.version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('have a values file that is there', () => {
    for (const name of builtInAddons) {
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
