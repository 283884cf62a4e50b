import { criticalPath, ranSteps } from '../../core/timeline.ts'
import type { Outcome } from '../../core/walk.ts'
import type { Timeline } from './page.ts'

/** The walk as bars, what began first above. Steps that nothing was done for have none. `ahead`: seconds before it began. */
export const timelineOf = (outcome: Outcome, ahead: number): Timeline => {
  const ran = ranSteps(outcome)
  const { times } = outcome
  const path = new Set(
    criticalPath({ done: ran.map(({ id, seconds }) => ({ id, seconds, result: 'created' })), times }).map(
      ({ id }) => id,
    ),
  )
  const rows = ran.map(({ id, result, started, seconds, prepared, waitedFor }) => ({
    id,
    result,
    started: ahead + started,
    seconds,
    ...(prepared !== undefined && prepared >= 0.1 && { prepared }),
    ...(waitedFor !== undefined && { waitedFor }),
    isCritical: path.has(id),
  }))
  return { ahead, seconds: Math.max(ahead, ...rows.map(({ started, seconds }) => started + seconds)), rows }
}
