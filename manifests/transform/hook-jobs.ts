import { isHook } from '../../cluster/ready/targets.ts'
import { isRecord } from '../../core/is-record.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/** The default of --timeout, in seconds: helm has looked by then. */
const leastSeconds = 600
const deletion = 'helm.sh/hook-delete-policy'
const beforeNext = 'before-hook-creation'

/**
 * The same hook Job, there until helm has looked. helm 4 begins to watch a hook once it is made, and takes one that is
 * gone for one that failed ("not ready. status: NotFound"): a Job that is done and goes by itself at once is gone first on
 * a busy machine. helm 3 keeps hooks from its post-renderer, and takes a deleted Job for one that is done.
 */
export const lasting = (object: KubeObject): KubeObject => {
  const spec = object['spec']
  if (object.kind !== 'Job' || !isHook(object) || !isRecord(spec)) return object
  const ttl = spec['ttlSecondsAfterFinished']
  if (typeof ttl !== 'number' || ttl >= leastSeconds) return object
  const { annotations = {} } = object.metadata
  const policy = annotations[deletion]
  // A chart that left the deletion to the time has helm make the next one beside the old one.
  const added = policy === undefined || policy.includes(beforeNext) ? {} : { [deletion]: `${policy},${beforeNext}` }
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, ...added } },
    spec: { ...spec, ttlSecondsAfterFinished: leastSeconds },
  }
}
