import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import type { Context } from '../../core/step.ts'
import type { ValuesLayer } from '../../config/chart-config.ts'
import type { Helm } from '../../manifests/helm/helm.ts'
import type { LocatedChart } from '../../manifests/helm/locate-chart.ts'
import type { PostRenderRules } from './post-render.ts'
import { withPostRenderer } from './post-renderer.ts'
import { clearInterrupted, type ReleaseName } from './release.ts'
import { withValuesFiles } from '../../manifests/helm/values-files.ts'

/** How helm is pointed at one cluster, and at no other. */
export type Target = { readonly kubeconfig: string; readonly context: string }

export type UpgradeRequest = ReleaseName & {
  readonly chart: LocatedChart
  readonly values: readonly ValuesLayer[]
  readonly rules: PostRenderRules
  /** Whether helm waits for the workloads before it runs the hooks behind them. */
  readonly waits: boolean
}

/** `helm upgrade --install`, from any state of the release. Returns once the API has the objects; their readiness is watched elsewhere. */
export const upgradeRelease = async (
  request: UpgradeRequest,
  target: Target,
  helm: Helm,
  kube: Kube,
  ctx: Context,
): Promise<void> => {
  const { release, namespace } = request
  const revisions = await clearInterrupted(kube, request)
  // A killed uninstall: helm neither upgrades nor installs over it, but ends it when asked again.
  if (revisions.at(-1)?.status === 'uninstalling') await uninstallRelease(request, target, helm, ctx)
  await withValuesFiles(request.values, helm, (values) =>
    withPostRenderer(request.rules, helm, async (postRenderer) => {
      const args = ['upgrade', '--install', release, request.chart.path, ...targetArguments(target, namespace)]
      // The watch beside it knows why nothing gets ready, and ends it in time.
      const waiting = request.waits ? ['--wait', '--timeout', seconds(ctx.timeoutMs + behindWatchMs)] : []
      try {
        await helm.run(
          [...args, '--history-max', '10', ...(await applying(helm)), ...waiting, ...values, ...postRenderer.args],
          {
            env: postRenderer.env,
            signal: ctx.signal,
            timeoutMs: ctx.timeoutMs,
          },
        )
      } catch (error) {
        throw refused(
          error,
          release,
          revisions.some(({ status }) => status === 'deployed' || status === 'superseded'),
        )
      }
    }),
  )
}

/** Takes a release away, hooks and all; one that is not there is no error. */
export const uninstallRelease = async (
  { release, namespace }: ReleaseName,
  target: Target,
  helm: Helm,
  ctx: Context,
): Promise<void> => {
  // What it could not delete, and why, it says with that flag alone.
  const args = ['uninstall', release, ...targetArguments(target, namespace), '--ignore-not-found', '--debug', '--wait']
  try {
    await helm.run([...args, '--timeout', seconds(ctx.timeoutMs)], { signal: ctx.signal, timeoutMs: ctx.timeoutMs })
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'command-failed') throw error
    throw new EnvironmentError('helm-failed', `helm could not uninstall ${release}: ${whyKept(error.stderr)}`, {
      cause: error,
    })
  }
}

/** helm 4: `msg="uninstall: Failed to delete release" error="[…]"`; helm 3: `[debug] uninstall: Failed to delete release: […]`. */
const whyKept = (stderr: string): string => {
  const [, why] = /Failed to delete release(?:" error="|: )\[(.*)\]/.exec(stderr) ?? []
  const said = /^Error: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim()
  return why === undefined ? said : why.replaceAll('\\"', '"')
}

/** Which cluster, and which namespace of it. */
export const targetArguments = ({ kubeconfig, context }: Target, namespace: string): readonly string[] => [
  '--namespace',
  namespace,
  '--kubeconfig',
  kubeconfig,
  '--kube-context',
  context,
]

/** helm 4 applies on the server, where a field that a webhook or a hand has changed would stop it. */
export const applying = async (helm: Helm): Promise<readonly string[]> =>
  (await helm.major()) >= 4 ? ['--server-side=true', '--force-conflicts'] : []

/** Hooks that run after the objects may need them ready; without any, waiting is ours alone. */
export const waitsForHooks = (objects: readonly KubeObject[]): boolean =>
  objects.some(({ metadata }) => /\bpost-(?:install|upgrade)\b/.test(metadata.annotations?.['helm.sh/hook'] ?? ''))

const behindWatchMs = 60_000

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))}s`

const refused = (error: unknown, release: string, isThere: boolean): unknown => {
  if (!(error instanceof CommandError) || error.code !== 'command-failed') return error
  const said = error.stderr
    .trim()
    .split('\n')
    .filter((line) => !/^(?:W\d{4}|WARNING|level=|coalesce\.go|I\d{4})/.test(line))
    .join('\n')
    .replace(/^Error: /, '')
  return new EnvironmentError('helm-failed', `helm could not ${isThere ? 'upgrade' : 'install'} ${release}: ${said}`, {
    cause: error,
    hints: hintsFor(said),
  })
}

/** The command itself is in the log of the run: with its paths and flags it is longer than what helm said. */
const hintsFor = (said: string): readonly string[] => {
  if (/invalid ownership metadata/.test(said))
    return ['Something else made that object. Delete it, or give one of the two another name.']
  if (/field is immutable/.test(said))
    return ['Delete the object that it names, and run again: it cannot be changed in place.']
  return []
}
