import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { addressOf, type Delivery } from '../delivery.ts'

export const kustomizationKind = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' } as const
export const sourceKind = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository' } as const

/** Any new value here has a controller look at once; it answers with the same value in `status.lastHandledReconcileAt`. */
export const requestAnnotation = 'reconcile.fluxcd.io/requestedAt'

/** How often Flux changes back what somebody else changed. */
export const interval = '1m'

type Of = Pick<Delivery, 'home' | 'name'>

export const kustomizationRef = ({ home, name }: Of): Ref => ({ ...kustomizationKind, namespace: home, name })
export const sourceRef = ({ home, name }: Of): Ref => ({ ...sourceKind, namespace: home, name })

type Wanted = {
  readonly delivery: Delivery
  readonly labels: Readonly<Record<string, string>>
  /** Names this one request. */
  readonly request: string
}

/** What Flux reads: the artifact of that digest. It is asked for again only when another one is named. */
export const sourceOf = (digest: string, { delivery, labels, request }: Wanted): KubeObject => ({
  ...sourceKind,
  metadata: metadataOf(delivery, labels, request),
  // The local registry speaks no TLS.
  spec: { url: addressOf(delivery), ref: { digest }, interval: '10m', timeout: '60s', insecure: true },
})

/** What Flux does with it: everything is applied, kept so, and what is no longer in it is deleted. */
export const kustomizationOf = ({ delivery, labels, request }: Wanted): KubeObject => ({
  ...kustomizationKind,
  metadata: metadataOf(delivery, labels, request),
  spec: {
    sourceRef: { kind: sourceKind.kind, name: delivery.name },
    path: './',
    prune: true,
    interval,
    // kindup asks again itself, and looks by itself whether it gets ready: Flux would look every 5 s.
    retryInterval: interval,
    timeout: '3m',
    wait: false,
    suspend: false,
  },
})

const metadataOf = ({ name, home }: Delivery, labels: Wanted['labels'], request: string): KubeObject['metadata'] => ({
  name,
  namespace: home,
  labels,
  annotations: { [requestAnnotation]: request },
})
