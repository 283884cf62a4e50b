import { setTimeout as pause } from 'node:timers/promises'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import type { Pod } from '../../cluster/kube/models.ts'
import { podTrouble } from '../../cluster/ready/pod-trouble.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import { asSentence } from '../../core/wait.ts'

const everyMs = 1_000

/**
 * Looks at the pods of the Jobs that helm runs as hooks until the signal, and throws `wait-failed` once one of them cannot
 * start: helm itself waits out its whole time, and then tells of its time alone. Pods of an earlier run are no news, and a
 * hook that runs and fails is helm's to judge.
 */
export const watchHooks = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  { engine, ...ctx }: Pick<Context, 'signal' | 'quietElsewhereMs'> & { readonly engine: string },
): Promise<void> => {
  const jobs = objects.filter((object) => object.kind === 'Job' && isHook(object))
  const podsOf = async ({ metadata }: KubeObject): Promise<readonly KubeObject[]> => {
    const query = { namespace: metadata.namespace ?? namespace, labelSelector: `job-name=${metadata.name}` }
    // An API that is away for a moment has no news.
    return kube.list({ apiVersion: 'v1', kind: 'Pod', ...query }).catch(() => [])
  }
  const before = new Set((await Promise.all(jobs.map(podsOf))).flat().map(({ metadata }) => metadata.uid))
  const stuck = new Map<string, number>()
  while (jobs.length > 0 && !ctx.signal.aborted) {
    for (const job of jobs)
      for (const pod of await podsOf(job)) {
        if (before.has(pod.metadata.uid) || (pod as Pod).status?.phase !== 'Pending') continue
        const { line, hopelessAfterMs, heedsOthers, hints = [] } = podTrouble(pod, [], { engine }) ?? { line: '' }
        if (hopelessAfterMs === undefined) continue
        const key = `${pod.metadata.uid} ${line}`
        const since = stuck.get(key) ?? performance.now()
        stuck.set(key, since)
        const elsewhere = heedsOthers ? (ctx.quietElsewhereMs?.() ?? Infinity) : Infinity
        if (hopelessAfterMs <= Math.min(performance.now() - since, elsewhere))
          throw new EnvironmentError(
            'wait-failed',
            asSentence(`The hook Job ${job.metadata.name} cannot start: ${line}`),
            {
              hints,
            },
          )
      }
    await pause(everyMs, undefined, { signal: ctx.signal }).catch(() => undefined)
  }
}
