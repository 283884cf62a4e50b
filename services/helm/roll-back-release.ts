import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import type { Context } from '../../core/step.ts'
import type { Helm } from '../../manifests/helm/helm.ts'
import { clearInterrupted, type ReleaseName } from './release.ts'
import { applying, targetArguments, type Target } from './upgrade.ts'

/** Whether the release can go back there: helm forgets old revisions, and all of them with the release. Throws `nothing-to-roll-back-to`. */
export const requireRevision = async (kube: Kube, name: ReleaseName, revision: number): Promise<void> => {
  const left = (await clearInterrupted(kube, name)).map((one) => one.revision)
  if (left.includes(revision)) return
  throw new EnvironmentError(
    'nothing-to-roll-back-to',
    `helm no longer has revision ${revision} of ${name.release} in ${name.namespace}: ${
      left.length === 0 ? 'the release is gone' : `it remembers ${left.join(', ')}`
    }.`,
    { hints: ['kindup up   # makes it as the file says'] },
  )
}

/** `helm rollback`: a new revision that is like the old one, so that helm's history tells what happened and the next upgrade goes on from there. */
export const rollBackRelease = async (
  {
    release,
    namespace,
    revision,
    objects,
  }: ReleaseName & { readonly revision: number; readonly objects: readonly KubeObject[] },
  target: Target,
  helm: Helm,
  ctx: Context,
): Promise<void> => {
  const args = ['rollback', release, String(revision), ...targetArguments(target, namespace), '--history-max', '10']
  // Hooks behind it may need the workloads; without any, waiting is ours alone.
  const waits = objects.some(({ metadata }) => /\bpost-rollback\b/.test(metadata.annotations?.['helm.sh/hook'] ?? ''))
  const waiting = waits ? ['--wait', '--timeout', `${Math.ceil(ctx.timeoutMs / 1000)}s`] : []
  try {
    await helm.run([...args, ...(await applying(helm)), ...waiting], { signal: ctx.signal, timeoutMs: ctx.timeoutMs })
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'command-failed') throw error
    const said = error.stderr.trim().replace(/^Error: /m, '')
    throw new EnvironmentError('helm-failed', `helm could not roll ${release} back to revision ${revision}: ${said}`, {
      cause: error,
    })
  }
}
