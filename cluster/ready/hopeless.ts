import type { KubeObject } from '../kube/kube.ts'
import { whyNoNode } from './node-fit.ts'
import type { Assessed } from './release.ts'
import { targetLine } from './report-line.ts'
import type { TroubledPod } from './standing.ts'
import type { Target } from './targets.ts'

export type Hopeless = {
  /** `web: image x cannot be pulled: not found` */
  readonly line: string
  readonly hints: readonly string[]
  readonly target: Target
  /** The pod that shows why, where there is one. */
  readonly pod?: TroubledPod
}

/**
 * The first thing of a release that cannot become ready any more, if there is one.
 * `quietMs`: how long nothing of the release has moved. `nodes`: given once all that the file names have joined.
 */
export const hopelessOf = (
  assessed: readonly Assessed[],
  quietMs: number,
  nodes: readonly KubeObject[] | undefined,
): Hopeless | undefined => {
  for (const one of assessed) {
    const { target, standing } = one
    if (standing.is !== 'waiting') continue
    const ended = standing.pods.find(({ trouble }) => (trouble.hopelessAfterMs ?? Infinity) <= quietMs)
    if (standing.hopeless || ended) {
      const pod = ended ?? standing.pods.find(({ trouble }) => trouble.log !== undefined) ?? standing.pods[0]
      const line = standing.hopeless ? targetLine(one) : `${target.name}: ${ended?.trouble.line ?? standing.line}`
      return { line, target, hints: pod?.trouble.hints ?? [], ...(pod && { pod }) }
    }
    for (const { pod, trouble } of standing.pods) {
      const why = trouble.unscheduled && nodes && whyNoNode(pod, nodes)
      if (why)
        return {
          line: `${target.name}: no node can ever take pod ${pod.metadata.name}: ${why}`,
          target,
          hints: [
            why.includes('has less')
              ? 'Let it ask for less, or give the container engine more.'
              : 'Give a node of the file the labels that it asks for, or change its `placement`.',
          ],
        }
    }
  }
  return undefined
}
