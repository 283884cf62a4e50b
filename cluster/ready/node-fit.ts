import type { Labels } from '../../config/config.ts'
import { tolerates } from '../nodes/may-run.ts'
import type { KubeObject, Node, Pod } from '../kube/models.ts'
import { conditionOf } from './pod.ts'
import { quantity } from './quantity.ts'
import { meets } from './selector.ts'

/**
 * Why none of the nodes could ever take a pod, in words; undefined when one could, or when that cannot be told yet
 * because a node is not Ready. Other pods do not count: they may go.
 */
export const whyNoNode = (pod: Pod, nodes: readonly KubeObject[]): string | undefined => {
  if (nodes.length === 0 || nodes.some((node) => conditionOf(node, 'Ready')?.status !== 'True')) return undefined
  const reasons = nodes.map((node) => whyNot(pod, node as Node))
  const counts = new Map<string, number>()
  for (const reason of reasons) {
    if (reason === undefined) return undefined
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts].map(([reason, count]) => `${count} of ${nodes.length} nodes: ${reason}`).join('; ')
}

const whyNot = (pod: Pod, node: Node): string | undefined => {
  const labels = node.metadata.labels ?? {}
  const { nodeSelector = {}, affinity, tolerations = [] } = pod.spec ?? {}
  const missing = Object.entries(nodeSelector).find(([key, value]) => labels[key] !== value)
  if (missing) return `no label ${missing[0]}=${missing[1]}`
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (terms && !terms.some((term) => fits(term, labels, node.metadata.name))) return 'does not meet the node affinity'
  const taint = node.spec?.taints?.find((one) => keepsAway(one) && !tolerations.some((each) => tolerates(each, one)))
  if (taint) return `taint ${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect} is not tolerated`
  return whyTooSmall(pod, node)
}

const fits = (
  {
    matchExpressions = [],
    matchFields = [],
  }: {
    matchExpressions?: readonly Parameters<typeof meets>[0][]
    matchFields?: readonly Parameters<typeof meets>[0][]
  },
  labels: Labels,
  name: string,
): boolean =>
  matchExpressions.length + matchFields.length > 0 &&
  matchExpressions.every((one) => meets(one, labels)) &&
  matchFields.every((one) => meets(one, { 'metadata.name': name }))

/** Kubernetes' own taints (not-ready, disk-pressure, cordoned) come and go. */
const keepsAway = ({ key, effect }: { readonly key: string; readonly effect: string }): boolean =>
  effect !== 'PreferNoSchedule' && !key.startsWith('node.kubernetes.io/') && !key.startsWith('node.cloudprovider.')

const whyTooSmall = (pod: Pod, node: Node): string | undefined => {
  for (const resource of ['cpu', 'memory']) {
    const has = quantity(node.status?.allocatable?.[resource])
    const wants = (pod.spec?.containers ?? []).reduce((sum, { resources }) => {
      const asked = resources?.requests?.[resource] ?? resources?.limits?.[resource]
      return sum + (quantity(asked) ?? 0)
    }, 0)
    if (has !== undefined && wants > has)
      return `has less ${resource} than is asked for (${amount(wants)} of ${amount(has)})`
  }
  return undefined
}

const amount = (value: number): string =>
  value >= 2 ** 20 ? `${Math.round(value / 2 ** 20)}Mi` : String(Math.round(value * 1000) / 1000)
