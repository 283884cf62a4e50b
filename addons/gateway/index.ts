import { identified } from '../../core/identity.ts'
import type { AddonConfig, Config } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { neededBy } from '../deployable.ts'

/** The release that Traefik 3.7.11 says it supports. */
const release = '1.6.1'

/** The kinds of the release's standard channel. */
export const gatewayKinds: readonly string[] = [
  'BackendTLSPolicy',
  'GatewayClass',
  'Gateway',
  'GRPCRoute',
  'HTTPRoute',
  'ListenerSet',
  'ReferenceGrant',
  'TCPRoute',
  'TLSRoute',
  'UDPRoute',
].map((kind) => `gateway.networking.k8s.io/${kind}`)

/** The definitions of the Gateway API as its release has them. What serves them is an add-on of its own. */
export const gatewayDeployable = (section: AddonConfig, config: Config): Deployable => {
  const version = (section.version ?? release).replace(/^v/, '')
  return {
    ...identified({ kind: 'addon', name: section.name }),
    title: `Gateway API ${version}`,
    namespace: 'default',
    source: {
      kind: 'manifests',
      paths: [`https://github.com/kubernetes-sigs/gateway-api/releases/download/v${version}/standard-install.yaml`],
      released: true,
    },
    needs: neededBy(section, config),
    placementBy: 'values',
    patches: [],
    skip: [],
    provides: gatewayKinds,
    hosts: [],
    expose: [],
    apiServices: [],
    revision: 1,
    at: config.at(['addons', section.name]),
  }
}

/** Keys that mean something to a chart, and here to nothing. */
const ofCharts = ['repo', 'release', 'namespace', 'placement', 'host', 'values', 'set'] as const

export const gatewayProblems = (section: AddonConfig, config: Config): readonly Problem[] =>
  ofCharts.flatMap((key) => {
    const value = section[key]
    if (value === undefined || Object.keys(value).length === 0) return []
    return [
      {
        severity: 'error' as const,
        message: `addons.gateway does not take ${key}: it is definitions, and no chart.`,
        at: config.at(['addons', 'gateway', key]),
        step: 'addon/gateway',
        hint: 'What serves them is under `traefik:`, with all that its chart takes.',
      },
    ]
  })
