import type { Pod } from './pod.ts'

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
