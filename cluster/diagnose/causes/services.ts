import { mapsAt, numberAt, textAt, textsAt, valueAt } from '../../../core/fields.ts'
import type { KubeObject } from '../../kube/kube.ts'
import type { Pod } from '../../kube/models.ts'
import { selects } from '../../ready/selector.ts'
import { ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'

/** Services that lead nowhere, or to a port where nobody listens. */
export const serviceCauses = (evidence: Evidence): readonly Finding[] =>
  ofKind(evidence, 'Service').flatMap((service) => {
    const why = whyNowhere(service, evidence)
    return why ? [{ ...aboutObject(service), ...why, depth: 'way' as const }] : []
  })

const whyNowhere = (
  service: KubeObject,
  evidence: Evidence,
): Pick<Finding, 'cause' | 'evidence' | 'hints'> | undefined => {
  const selector = textsAt(service, 'spec', 'selector')
  // One without a selector is given its endpoints by somebody.
  if (Object.keys(selector).length === 0 || textAt(service, 'spec', 'type') === 'ExternalName') return undefined
  const { namespace } = service.metadata
  const near = (ofKind(evidence, 'Pod') as readonly Pod[]).filter(({ metadata }) => metadata.namespace === namespace)
  const pods = near.filter(({ metadata }) => selects({ matchLabels: selector }, metadata.labels ?? {}))
  const shown = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
  if (pods.length === 0) {
    if (workloadsFor(selector, namespace, evidence)) return undefined
    const nearest = nearestLabels(selector, near)
    return {
      cause: `it selects no pod (${shown.join(', ')})`,
      evidence: nearest === undefined ? [] : [`Pod ${nearest.name} has ${nearest.labels}`],
      hints: ['Make `spec.selector` of the Service what stands in `metadata.labels` of the pods.'],
    }
  }
  return wrongPort(service, pods)
}

/** Whether a workload would make such pods: then it says itself why there are none. */
const workloadsFor = (selector: Readonly<Record<string, string>>, namespace: string | undefined, evidence: Evidence) =>
  ['Deployment', 'StatefulSet', 'DaemonSet', 'Job']
    .flatMap((kind) => ofKind(evidence, kind))
    .some(
      (one) =>
        one.metadata.namespace === namespace &&
        selects({ matchLabels: selector }, textsAt(one, 'spec', 'template', 'metadata', 'labels')),
    )

/** The pod that shares a key with the selector: most often a name with a typo. */
const nearestLabels = (selector: Readonly<Record<string, string>>, pods: readonly Pod[]) => {
  for (const { metadata } of pods) {
    const shared = Object.keys(selector).filter((key) => key in (metadata.labels ?? {}))
    if (shared.length > 0)
      return { name: metadata.name, labels: shared.map((key) => `${key}=${metadata.labels?.[key]}`).join(', ') }
  }
  return undefined
}

const wrongPort = (
  service: KubeObject,
  pods: readonly Pod[],
): Pick<Finding, 'cause' | 'evidence' | 'hints'> | undefined => {
  const containers = pods.flatMap(({ spec }) => [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])])
  const declared = containers.flatMap(({ ports = [] }) => ports)
  for (const port of mapsAt(service, 'spec', 'ports')) {
    const target = valueAt(port, 'targetPort') ?? numberAt(port, 'port')
    const names = declared.flatMap(({ name }) => name ?? [])
    const numbers = [...new Set(declared.flatMap(({ containerPort }) => containerPort ?? []))]
    if (typeof target === 'string' && !/^\d+$/.test(target) && !names.includes(target))
      return {
        cause: `its port ${numberAt(port, 'port')} leads to the port ${target}, which no container has`,
        evidence: [names.length === 0 ? 'no port of its pods has a name' : `its pods name ${names.join(', ')}`],
        hints: ['Make `targetPort` the name of a port of the container, or its number.'],
      }
    if (typeof target === 'number' && numbers.length > 0 && !numbers.includes(target))
      return {
        cause: `its port ${numberAt(port, 'port')} leads to port ${target}, and its pods declare ${numbers.join(', ')}`,
        evidence: [],
        hints: ['Make `targetPort` the port that the program listens on.'],
      }
  }
  return undefined
}
