import type { Config } from '../config/config.ts'
import type { Deployable } from './deployable.ts'
import type { Listener } from './kinds/listeners.ts'
import type { PlanObject } from './rules/plan-objects.ts'

/** The Secret that holds the certificate and its key, beside the ingress controller. */
export const certificateName = 'kindup-tls'

/** The ConfigMap with the authority's certificate, in the namespaces of services. */
export const authorityName = 'kindup-ca'

/** Namespaces whose pods get the authority. */
export const authorityNamespaces = (
  { tls }: Pick<Config, 'tls'>,
  deployables: readonly Pick<Deployable, 'of' | 'namespace'>[],
): readonly string[] =>
  tls?.pods === true
    ? [...new Set(deployables.filter(({ of }) => of.kind === 'service').map(({ namespace }) => namespace))]
    : []

/** Namespaces with Gateways that name kindup's certificate as one of their own namespace. */
export const certifiedGateways = (listeners: readonly Listener[]): readonly string[] => [
  ...new Set(
    listeners.flatMap(({ namespace, certificates }) =>
      certificates.includes(`${namespace}/${certificateName}`) ? [namespace] : [],
    ),
  ),
]

/** The Secrets with the certificate that will be there, for what is asked of a whole plan. */
export const certificateSecrets = (
  { tls }: Pick<Config, 'tls'>,
  listeners: readonly Listener[],
): readonly PlanObject[] =>
  tls === undefined
    ? []
    : certifiedGateways(listeners).map((namespace) => ({
        namespace,
        object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: certificateName, namespace } },
      }))

/** The ConfigMaps that will be there, for what is asked of a whole plan; their data is known when they are made. */
export const authorityMaps = (...of: Parameters<typeof authorityNamespaces>): readonly PlanObject[] =>
  authorityNamespaces(...of).map((namespace) => ({
    namespace,
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: authorityName, namespace },
      data: { 'ca.crt': '' },
    },
  }))
