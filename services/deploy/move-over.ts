import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { readRenders } from '../../cluster/inventory/renders.ts'
import type { Context } from '../../core/step.ts'
import { deployerOf } from '../../gitops/deployers.ts'
import { releaseOfFlux } from '../../gitops/flux/deployed.ts'
import { handOver, managers } from '../../gitops/hand-over.ts'
import { identity } from '../../manifests/kinds/kind.ts'
import { revisionsOf, type ReleaseName } from '../helm/release.ts'
import { without, type Undo } from '../remove/undo.ts'
import { isKeptRender } from './kept-render.ts'
import { deployedRef } from './deployed-ref.ts'

type Move = {
  readonly id: string
  readonly namespace: string
  /** What is deployed now. */
  readonly objects: readonly KubeObject[]
  readonly before: Undo
  readonly now: Undo
}

/**
 * Where somebody else deploys it than before (kindup, helm, a GitOps controller): who did lets go, and what runs goes on.
 * Answers what is left of the old one to be taken away: nothing of what lives on.
 */
export const moveOver = async (
  kube: Kube,
  { id, namespace, objects, before, now }: Move,
  ctx: Context,
): Promise<Undo> => {
  const stale = without(before, now)
  const applied = new Set(now.objects.map(identity))
  // The same Application reads a remote from now on: what it deployed is its own to prune.
  if (before.applications.some((one) => applied.has(identity(one))))
    return { ...before, objects: before.objects.filter((one) => applied.has(identity(one))) }
  for (const ref of now.applications) {
    const { title, pause } = deployerOf(ref)
    if (await pause(kube, ref)) ctx.report(`pausing ${title} for it`)
  }
  const toGitOps = now.applications.length > 0 && stale.releases.length > 0
  const fromGitOps = stale.applications.length > 0
  if (!toGitOps && !fromGitOps) return before

  const refs = objects.map((object) => deployedRef(object, namespace))
  if (fromGitOps) {
    const helmed = await releasesOf(kube, stale.applications)
    for (const [deployer, of] of Map.groupBy(stale.applications, deployerOf)) {
      ctx.report(`taking it over from ${deployer.title}`)
      await deployer.detach(kube, of, ctx)
    }
    const [release] = now.releases
    await handOver(kube, refs, release ? managers.helm : managers.kindup)
    if (release) await adopt(kube, refs, release)
    for (const one of helmed)
      if (one.release !== release?.release || one.namespace !== release.namespace) await forget(kube, one)
  }
  const names = new Set(refs.map(identity))
  const made = toGitOps ? await madeByReleases(kube, id, namespace) : []
  if (toGitOps) {
    ctx.report('taking it over from helm')
    for (const release of stale.releases) await forget(kube, release)
  }
  return {
    ...before,
    releases: toGitOps ? before.releases.filter((one) => !stale.releases.includes(one)) : before.releases,
    applications: before.applications.filter((one) => !stale.applications.includes(one)),
    objects: [...before.objects, ...made].filter((ref) => now.objects.length > 0 && !names.has(identity(ref))),
  }
}

/** The record of a release names no objects: what it was when it was last ready does. */
const madeByReleases = async (kube: Kube, id: string, namespace: string): Promise<readonly Ref[]> =>
  ((await readRenders(kube, id, isKeptRender)).current?.objects ?? []).map((object) => deployedRef(object, namespace))

/** What HelmReleases among the objects of Flux are to helm: nobody would go on with them. */
const releasesOf = async (kube: Kube, applications: readonly Ref[]): Promise<readonly ReleaseName[]> => {
  const live = await Promise.all(applications.map((ref) => kube.get(ref)))
  return live.flatMap((one) => (one ? (releaseOfFlux(one) ?? []) : []))
}

/** Without its revisions helm knows no release, and deletes nothing of it. */
const forget = async (kube: Kube, name: ReleaseName): Promise<void> => {
  for (const { secret } of await revisionsOf(kube, name))
    await kube.delete({ apiVersion: 'v1', kind: 'Secret', namespace: name.namespace, name: secret })
}

/** helm takes over what says that it belongs to the release, and refuses everything else that is there. */
const adopt = async (kube: Kube, refs: readonly Ref[], { release, namespace }: ReleaseName): Promise<void> => {
  await Promise.all(
    refs.map(async (ref) => {
      if (!(await kube.get(ref))) return
      await kube.mergePatch(ref, {
        metadata: {
          labels: { 'app.kubernetes.io/managed-by': 'Helm' },
          annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
        },
      })
    }),
  )
}
