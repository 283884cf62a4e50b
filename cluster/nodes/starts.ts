import type { Container } from '../engine/engine.ts'
import type { KubeObject } from '../kube/kube.ts'
import { conditionOf } from '../ready/pod.ts'
import type { NodeStarts } from '../ready/node-starts.ts'

/** What a clock may be ahead by before a start in the future says that it was set back. */
const toleranceMs = 5_000

/** When the nodes of those names were started; `now` is the time by the engine's clock, in milliseconds. */
export const startsOf = (names: readonly string[], containers: readonly Container[], now: number): NodeStarts =>
  new Map(
    names.flatMap((name): readonly (readonly [string, number])[] => {
      const container = containers.find((one) => one.name === name)
      if (!container?.running) return [[name, Infinity]]
      const { startedAt } = container
      // The clock was set back since: times of before and after cannot be compared.
      return startedAt === undefined || startedAt > now + toleranceMs ? [] : [[name, startedAt]]
    }),
  )

/** Whether a node runs again, and not for the first time. */
export const wasRestarted = ({ metadata: { name, creationTimestamp } }: KubeObject, starts: NodeStarts): boolean => {
  const start = starts.get(name)
  return start !== undefined && start > Date.parse(creationTimestamp ?? '')
}

/**
 * Whether the kubelet of a node has renewed its Lease and its status since the node was started: until then the API tells
 * what was before. Both clocks are that of the engine's kernel; the API tells whole seconds.
 */
export const isHeard = (node: KubeObject, lease: KubeObject | undefined, starts: NodeStarts): boolean => {
  if (!wasRestarted(node, starts)) return true
  const start = Math.floor((starts.get(node.metadata.name) ?? 0) / 1_000) * 1_000
  const { renewTime } = (lease?.['spec'] ?? {}) as { readonly renewTime?: string }
  const { lastHeartbeatTime } = conditionOf(node, 'Ready') ?? {}
  return [renewTime, lastHeartbeatTime].every((time) => time === undefined || Date.parse(time) >= start)
}
