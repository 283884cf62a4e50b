import type { PodDetails } from './pod-details.ts'
import type { Assessed } from './release.ts'

const shown = 2

/** One line for what is not ready yet, with the last log line of what crashes: `web: 0/1 ready, pulling image · and 3 more`. */
export const lineWithLogs = async (assessed: readonly Assessed[], closer: PodDetails): Promise<string> => {
  const open = assessed.filter(({ readiness }) => readiness.is !== 'ready')
  const lines = await Promise.all(
    open.slice(0, shown).map(async (one) => {
      const crash =
        one.readiness.is === 'waiting' ? one.readiness.pods.find(({ trouble }) => trouble.log !== undefined) : undefined
      const log = crash ? (await closer.log(one.target, crash)).split('\n').at(-1)?.trim() : undefined
      return log ? `${targetLine(one)}: ${log}` : targetLine(one)
    }),
  )
  return [...lines, ...(open.length > shown ? [`and ${open.length - shown} more`] : [])].join(' · ')
}

/** `web: 0/1 ready, pulling image` */
const targetLine = (one: Assessed): string => `${one.target.name}: ${whyOf(one)}`

/** `0/1 ready, pulling image` */
export const whyOf = ({ readiness }: Assessed): string => {
  if (readiness.is === 'ready') return 'ready'
  if (readiness.is === 'absent') return 'not there yet'
  const refused = readiness.trouble ? [readiness.trouble.line] : []
  const reasons = [...new Set([...refused, ...readiness.pods.map(({ trouble }) => trouble.line)])]
  return [readiness.line, ...reasons.slice(0, 1)].join(', ')
}
