import { textAt } from '../../core/fields.ts'
import type { Container } from '../engine/engine.ts'
import type { KubeObject, Pod } from '../kube/models.ts'
import { conditionOf } from './pod.ts'

/** Node → when its container was started, in milliseconds by the engine's clock; Infinity where it is stopped or gone. */
export type NodeStarts = ReadonlyMap<string, number>

/**
 * Why what the API says of a pod is from before its node was started, in words; undefined when it is not. Nothing that ran
 * in a node outlives its container, and the API says that it runs until the new kubelet has looked.
 */
export const fromBefore = ({ spec, status }: Pod, starts: NodeStarts | undefined): string | undefined => {
  const start = starts?.get(spec?.nodeName ?? '')
  if (start === undefined) return undefined
  if (start === Infinity) return `its node ${spec?.nodeName} does not run`
  const since = Math.floor(start / 1_000) * 1_000
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  return all.some(({ state }) => Date.parse(state?.running?.startedAt ?? '') < since)
    ? `nothing was heard of it since its node ${spec?.nodeName} was started`
    : undefined
}

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
  const renewTime = textAt(lease, 'spec', 'renewTime')
  const { lastHeartbeatTime } = conditionOf(node, 'Ready') ?? {}
  return [renewTime, lastHeartbeatTime].every((time) => time === undefined || Date.parse(time) >= start)
}
