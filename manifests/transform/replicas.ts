import { isRecord } from '../../core/is-record.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/** How many replicas an autoscaler gave a workload. */
export type HeldReplicas = {
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly replicas: number
}

/**
 * The object with the replicas that its autoscaler gave it. They are written and not left out: who applied a number before
 * and leaves it out takes it away, and the API puts 1 in its place.
 */
export const withReplicas = (
  object: KubeObject,
  held: readonly HeldReplicas[],
  namespace: string | undefined,
): KubeObject => {
  const spec = object['spec']
  const found = held.find(
    (one) => one.kind === object.kind && one.name === object.metadata.name && one.namespace === namespace,
  )
  return found && isRecord(spec) && 'replicas' in spec
    ? { ...object, spec: { ...spec, replicas: found.replicas } }
    : object
}
