import { isOwnedBy, condition, hasCondition } from './world.ts'
import type { Controller } from './world.ts'
import { podFrom } from './pods.ts'

/** One pod at a time until one succeeded, or `backoffLimit` more than one failed. */
export const jobs: Controller = (world) => {
  for (const job of world.list('batch/v1', 'Job')) {
    if (hasCondition(job, 'Complete') || hasCondition(job, 'Failed') || job.spec?.['suspend'] === true) continue
    const pods = world.list('v1', 'Pod', job.metadata.namespace).filter((pod) => isOwnedBy(pod, job))
    const inPhase = (phase: string): number => pods.filter((pod) => pod.status?.['phase'] === phase).length
    const [succeeded, failed] = [inPhase('Succeeded'), inPhase('Failed')]
    const limit = (job.spec?.['backoffLimit'] as number | undefined) ?? 6
    if (succeeded > 0) world.setStatus(job, { succeeded, failed, conditions: [condition('Complete', true)] })
    else if (failed > limit)
      world.setStatus(job, {
        failed,
        conditions: [condition('Failed', true, 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')],
      })
    else {
      world.setStatus(job, { active: 1, failed })
      if (pods.length === failed) world.create(podFrom(job))
    }
  }
}
