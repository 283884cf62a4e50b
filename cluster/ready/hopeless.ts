import type { KubeObject } from '../kube/kube.ts'
import type { Trouble } from './trouble.ts'
import { whyNoNode } from './node-fit.ts'
import type { Assessed } from './release.ts'
import { whyOf } from './report-line.ts'
import type { TroubledPod } from './readiness.ts'
import type { Target } from './targets.ts'

export type Hopeless = {
  /** `Deployment web: image x cannot be pulled: not found` */
  readonly line: string
  readonly hints: readonly string[]
  readonly target: Target
  /** The pod that shows why, where there is one. */
  readonly pod?: TroubledPod
}

/** How long nothing has moved, in milliseconds: in the release, and in what else the run is at work on. */
export type Quiet = { readonly here: number; readonly elsewhere: number }

/**
 * The first thing of a release that cannot become ready any more, if there is one.
 * `nodes`: given once all that the file names have joined.
 */
export const hopelessOf = (
  assessed: readonly Assessed[],
  quiet: Quiet,
  nodes: readonly KubeObject[] | undefined,
): Hopeless | undefined => {
  const isOver = ({ hopelessAfterMs = Infinity, heedsOthers, endedMs = 0 }: Trouble): boolean =>
    Math.max(hopelessAfterMs, endedMs) <= (heedsOthers ? Math.min(quiet.here, quiet.elsewhere) : quiet.here)
  for (const one of assessed) {
    const { target, readiness } = one
    if (readiness.is !== 'waiting') continue
    const { trouble: refused } = readiness
    if (refused && isOver(refused))
      return { line: `${named(target)}: ${readiness.line}, ${refused.line}`, target, hints: refused.hints ?? [] }
    const ended = readiness.pods.find(({ trouble }) => isOver(trouble))
    if (readiness.hopeless || ended) {
      const pod = ended ?? readiness.pods.find(({ trouble }) => trouble.log !== undefined) ?? readiness.pods[0]
      const why = readiness.hopeless ? whyOf(one) : (ended?.trouble.line ?? readiness.line)
      return { line: `${named(target)}: ${why}`, target, hints: pod?.trouble.hints ?? [], ...(pod && { pod }) }
    }
    for (const { pod, trouble } of readiness.pods) {
      const why = trouble.unscheduled && nodes && whyNoNode(pod, nodes)
      if (why)
        return {
          line: `${named(target)}: no node can ever take pod ${pod.metadata.name}: ${why}`,
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

/** `Deployment web` */
const named = ({ kind, name }: Target): string => `${kind} ${name}`
