import type { Kube, SpeechOptions } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { inParallel } from '../../core/in-parallel.ts'
import type { PodContainer } from './containers.ts'
import { readLogLine, type LogLine } from './log-line.ts'

/** A line, and who said it. */
export type Said = LogLine & { readonly from: PodContainer }

export type Reading = Omit<SpeechOptions, 'follow'> & { readonly previous: boolean }

/** So many logs are read at a time. */
const most = 6

/** What the containers have said, each in its own order. What was never started has said nothing. */
export const readLogs = (
  kube: Kube,
  containers: readonly PodContainer[],
  reading: Reading,
  signal: AbortSignal,
): Promise<readonly (readonly Said[])[]> =>
  inParallel(containers, most, async (from) => {
    const lines: Said[] = []
    for await (const some of speechOf(kube, from, { ...reading, follow: false }, signal))
      for (const line of some) lines.push({ ...line, from })
    return lines
  })

/** The lines of one container; none where it has no log yet, or no longer. */
export async function* speechOf(
  kube: Kube,
  { namespace, pod, container }: PodContainer,
  { previous, ...options }: SpeechOptions & { readonly previous: boolean },
  signal: AbortSignal,
): AsyncGenerator<readonly LogLine[]> {
  try {
    for await (const lines of kube.speech({ namespace, pod, container, previous }, options, signal))
      yield lines.map(readLogLine)
  } catch (error) {
    if (!(error instanceof EnvironmentError) || error.code !== 'api-refused') throw error
  }
}
