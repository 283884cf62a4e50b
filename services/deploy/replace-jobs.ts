import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refIn } from '../../cluster/kube/ref.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import { mapsAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { specAnnotation } from '../../manifests/transform/step-label.ts'
import { waitGone } from '../remove/gone.ts'

/**
 * Deletes Jobs that are to run again before they are applied or upgraded by helm: those whose spec is another now, which
 * `kindup.dev/spec` tells, and those that have failed, which would stay so for ever although what they wanted may be there by now.
 */
export const replaceJobs = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  ctx: Context,
): Promise<void> => {
  const jobs = objects.filter(
    (object) => object.kind === 'Job' && object.apiVersion.startsWith('batch/') && !isHook(object),
  )
  const stale = await Promise.all(
    jobs.map(async (job): Promise<readonly Ref[]> => {
      const ref = refIn(job, namespace)
      const live = await kube.get(ref)
      const before = live?.metadata.annotations?.[specAnnotation]
      const isOther = before !== undefined && before !== job.metadata.annotations?.[specAnnotation]
      return live && (isOther || hasFailed(live)) ? [ref] : []
    }),
  )
  const refs = stale.flat()
  await Promise.all(refs.map((ref) => kube.delete(ref)))
  if (refs.length > 0) await waitGone(kube, refs, ctx, ctx.timeoutMs)
}

const hasFailed = (live: KubeObject): boolean =>
  mapsAt(live, 'status', 'conditions').some(({ type, status }) => type === 'Failed' && status === 'True')
