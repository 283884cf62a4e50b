import { fileURLToPath } from 'node:url'
import type { Placement } from '../../manifests/transform/rules.ts'
import type { AddOn, Values } from '../addon.ts'
import { placementOf } from '../placement.ts'
import { ingressNode } from './node.ts'

const place = ({ nodeSelector, tolerations }: Placement): Values => ({
  controller: { nodeSelector, tolerations, admissionWebhooks: { patch: { nodeSelector, tolerations } } },
})

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
  // The host port leads to one node only, so the controller has to be there, whatever else is asked.
  fromConfig: (config, placement) =>
    place(placementOf(config, { 'kubernetes.io/hostname': ingressNode(config, placement) })),
  place,
}
