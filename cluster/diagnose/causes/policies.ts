import { fieldsAt, listAt, textListAt } from '../../../core/fields.ts'
import { selectorAt, selects } from '../../ready/selector.ts'
import type { KubeObject } from '../../kube/kube.ts'
import { ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'
import { textsAt } from '../../../core/fields.ts'

/** NetworkPolicies that let nobody in where a Service leads, or nobody out. What only some may do is meant so. */
export const policyCauses = (evidence: Evidence): readonly Finding[] => {
  const policies = ofKind(evidence, 'NetworkPolicy')
  return policies.flatMap((policy) => {
    const pods = podsOf(policy, evidence)
    if (pods.length === 0) return []
    const types = textListAt(policy, 'spec', 'policyTypes')
    // What another policy allows is allowed.
    const others = (direction: 'ingress' | 'egress') =>
      policies.some(
        (other) =>
          other.metadata.namespace === policy.metadata.namespace &&
          listAt(other, 'spec', direction).length > 0 &&
          podsOf(other, evidence).some((pod) => pods.includes(pod)),
      )
    const services = servicesOf(pods, evidence)
    const closedIn = types.includes('Ingress') && listAt(policy, 'spec', 'ingress').length === 0 && !others('ingress')
    const closedOut = types.includes('Egress') && listAt(policy, 'spec', 'egress').length === 0 && !others('egress')
    const about = aboutObject(policy)
    const { name } = policy.metadata
    return [
      ...(closedIn && services.length > 0
        ? [
            {
              ...about,
              cause: `the NetworkPolicy ${name} lets nobody ask ${services.map((service) => `Service ${service}`).join(', ')}`,
              evidence: ['policyTypes has Ingress, and `ingress` is empty'],
              hints: [
                'Allow who should: `ingress: [{ from: [{ podSelector: … }] }]`, the namespace of the ingress controller too.',
              ],
              depth: 'way' as const,
            },
          ]
        : []),
      ...(closedOut
        ? [
            {
              ...about,
              cause: `the NetworkPolicy ${name} lets its pods ask nobody, name servers included`,
              evidence: ['policyTypes has Egress, and `egress` is empty'],
              hints: ['Allow port 53 to kube-system, and what they have to reach.'],
              depth: 'way' as const,
            },
          ]
        : []),
    ]
  })
}

const podsOf = (policy: KubeObject, evidence: Evidence): readonly KubeObject[] =>
  ofKind(evidence, 'Pod').filter(
    ({ metadata }) =>
      metadata.namespace === policy.metadata.namespace &&
      selects(selectorAt(policy, 'spec', 'podSelector') ?? {}, metadata.labels ?? {}),
  )

const servicesOf = (pods: readonly KubeObject[], evidence: Evidence): readonly string[] =>
  ofKind(evidence, 'Service')
    .filter(
      (service) =>
        Object.keys(fieldsAt(service, 'spec', 'selector')).length > 0 &&
        pods.some(
          ({ metadata }) =>
            metadata.namespace === service.metadata.namespace &&
            selects({ matchLabels: textsAt(service, 'spec', 'selector') }, metadata.labels ?? {}),
        ),
    )
    .map(({ metadata }) => metadata.name)
