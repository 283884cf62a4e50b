import { fileURLToPath } from 'node:url'
import type { Placement } from '../../manifests/transform/rules.ts'
import type { AddOn, Values } from '../addon.ts'
import { placementOf } from '../placement.ts'
import { ingressNode } from '../ingress-node.ts'

const place = ({ nodeSelector, tolerations }: Placement): Values => ({
  controller: { nodeSelector, tolerations, admissionWebhooks: { patch: { nodeSelector, tolerations } } },
})

/** As the chart has it, where the cluster gives the controller's Service an address. */
const withAddress: Values = {
  controller: {
    hostPort: { enabled: false },
    service: { type: 'LoadBalancer' },
    publishService: { enabled: true },
    extraArgs: { 'publish-status-address': null },
  },
}

export const ingressNginx: AddOn = {
  name: 'ingress-nginx',
  title: 'ingress-nginx (HTTP from this machine)',
  // The last release: the project was retired in March 2026.
  chart: {
    chart: 'ingress-nginx',
    repo: 'https://kubernetes.github.io/ingress-nginx',
    version: '4.15.1',
  },
  namespace: 'ingress-nginx',
  values: fileURLToPath(new URL('values.yaml', import.meta.url)),
  revision: 1,
  provides: ['networking.k8s.io/Ingress'],
  fromConfig: (config, placement) =>
    // A cluster that gives Services addresses needs no port of a node.
    config.cluster.existing?.givesAddresses
      ? withAddress
      : config.cluster.context !== undefined && config.cluster.nodes.length === 0
        ? {}
        : // The host port leads to one node only, so the controller has to be there, whatever else is asked.
          place(placementOf(config, { 'kubernetes.io/hostname': ingressNode(config, placement) })),
  // An Ingress whose own `tls` names a Secret that is there keeps its certificate.
  serveTls: (namespace, secret) => ({
    controller: { extraArgs: { 'default-ssl-certificate': `${namespace}/${secret}` } },
  }),
  place,
}
