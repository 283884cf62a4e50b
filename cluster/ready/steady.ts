import { crashQuietMs } from './container-trouble.ts'
import type { Trouble } from './trouble.ts'
import type { PodDetails } from './pod-details.ts'
import type { Assessed } from './release.ts'
import type { TroubledPod } from './readiness.ts'
import type { Target } from './targets.ts'

/** Restarts that all ended alike, after which a program is taken at its word. */
const sameRestarts = 3
/** How often the log of what runs and is not ready is read, in milliseconds. */
const readMs = 5_000

/** `alike`: how many ends in a row had these words. `at`: when it was seen, by the clock of `performance.now()`. */
type End = { readonly restarts: number; readonly words: string; readonly alike: number; readonly at: number }

/**
 * Remembers over the looks of one wait how containers ended and whether those that run still say something, and gives up
 * hope accordingly: a crash that repeats itself word for word has none; a silent program has some while it talks.
 */
export const makeSteady = (closer: PodDetails) => {
  const ends = new Map<string, End>()
  const talks = new Map<string, { readAt: number; text: string; since: number }>()

  const repeated = async (target: Target, one: TroubledPod): Promise<Trouble> => {
    const { pod, trouble } = one
    const { crash } = trouble
    if (!crash) return trouble
    const key = `${pod.metadata.uid}/${crash.container}`
    const before = ends.get(key)
    if (before?.restarts !== crash.restarts) {
      const words = `${crash.exitCode} ${withoutNumbers((await closer.log(target, one)).split('\n').at(-1) ?? '')}`
      const alike = before?.words === words ? before.alike + 1 : 1
      ends.set(key, { restarts: crash.restarts, words, alike, at: performance.now() })
    }
    const { alike = 0, at = 0 } = ends.get(key) ?? {}
    const isSame = alike > 1 && crash.restarts >= sameRestarts
    return { ...trouble, ...(isSame && { hopelessAfterMs: crashQuietMs }), endedMs: performance.now() - at }
  }

  const silent = async ({ pod, trouble }: TroubledPod): Promise<Trouble> => {
    const { still, hopelessAfterMs, ...talking } = trouble
    if (still === undefined || hopelessAfterMs === undefined) return trouble
    const key = `${pod.metadata.uid}/${still}`
    const now = performance.now()
    const talk = talks.get(key)
    if (!talk || now - talk.readAt >= readMs) {
      const text = await closer.lines(pod, still)
      talks.set(key, { readAt: now, text, since: talk?.text === text ? talk.since : now })
    }
    return now - (talks.get(key)?.since ?? now) >= hopelessAfterMs ? { ...trouble, log: still } : talking
  }

  return async (assessed: readonly Assessed[]): Promise<readonly Assessed[]> =>
    Promise.all(
      assessed.map(async (one) => {
        const { target, readiness } = one
        if (readiness.is !== 'waiting') return one
        const pods = await Promise.all(
          readiness.pods.map(async ({ pod, trouble }) => ({
            pod,
            trouble: await silent({ pod, trouble: await repeated(target, { pod, trouble }) }),
          })),
        )
        return { ...one, readiness: { ...readiness, pods } }
      }),
    )
}

/** Times, addresses and identifiers differ from run to run. */
const withoutNumbers = (line: string): string => line.replaceAll(/\b(?:0x)?[0-9a-f]*\d[0-9a-f]*\b/gi, '#').trim()
