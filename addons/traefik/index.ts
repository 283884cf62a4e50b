import { fileURLToPath } from 'node:url'
import type { Config, Labels } from '../../config/config.ts'
import type { Placement } from '../../manifests/transform/rules.ts'
import type { AddOn, Values } from '../addon.ts'
import { ingressNode } from '../ingress-node.ts'
import { placementOf } from '../placement.ts'

/** Its own kinds of routes and what goes with them. */
const traefikKinds = [
  'IngressRoute',
  'IngressRouteTCP',
  'IngressRouteUDP',
  'Middleware',
  'MiddlewareTCP',
  'ServersTransport',
  'ServersTransportTCP',
  'TLSOption',
  'TLSStore',
  'TraefikService',
].map((kind) => `traefik.io/${kind}`)

const place = ({ nodeSelector, tolerations }: Placement): Values => ({ nodeSelector, tolerations })

type Where = Values & { readonly providers?: { readonly kubernetesGateway?: Values } & Values }

/** As the chart has it, where the cluster gives its Service an address. */
const withAddress: Where = {
  ports: { web: { hostPort: null }, websecure: { hostPort: null } },
  service: { spec: { type: 'LoadBalancer' } },
  providers: {
    kubernetesIngress: { publishedService: { enabled: true }, ingressEndpoint: { hostname: null } },
    kubernetesIngressNGINX: { publishService: { enabled: true }, publishStatusAddress: '' },
    kubernetesGateway: { statusAddress: { hostname: '', service: { enabled: true } } },
  },
}

const where = (config: Config, placement: Labels | undefined): Where => {
  const { context, existing, nodes } = config.cluster
  // A cluster that gives Services addresses needs no port of a node.
  if (existing?.givesAddresses) return withAddress
  if (context !== undefined && nodes.length === 0) return {}
  // The host port leads to one node only, so it has to be there, whatever else is asked.
  return place(placementOf(config, { 'kubernetes.io/hostname': ingressNode(config, placement) }))
}

/** Ours, and not another of that name, as Istio's. */
const hasGateway = ({ addons }: Config): boolean =>
  addons.some(({ name, chart }) => name === 'gateway' && chart === undefined)

export const traefik: AddOn = {
  name: 'traefik',
  title: 'Traefik (HTTP from this machine)',
  chart: { chart: 'traefik', repo: 'https://traefik.github.io/charts', version: '41.3.0' },
  namespace: 'traefik',
  values: fileURLToPath(new URL('values.yaml', import.meta.url)),
  revision: 1,
  provides: ['networking.k8s.io/Ingress', ...traefikKinds],
  serves: ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'].map((kind) => `gateway.networking.k8s.io/${kind}`),
  needs: (config) => (hasGateway(config) ? ['addon/gateway'] : []),
  fromConfig: (config, placement) => {
    const { providers, ...rest } = where(config, placement)
    const enabled = hasGateway(config)
    return {
      ...rest,
      providers: { ...providers, kubernetesGateway: { enabled, ...providers?.kubernetesGateway } },
    }
  },
  // A router whose own `tls` names a Secret that is there keeps its certificate.
  serveTls: (_namespace, secret) => ({
    tlsStore: { default: { defaultCertificate: { secretName: secret } } },
    gateway: {
      listeners: {
        websecure: {
          port: 443,
          protocol: 'HTTPS',
          namespacePolicy: { from: 'All' },
          certificateRefs: [{ name: secret }],
        },
      },
    },
  }),
  place,
}
