import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { applicationKind, applicationRef } from '../../gitops/argocd/application.ts'
import { unmarkedForArgocd } from '../../gitops/argocd/deployed.ts'
import { isMadeBy, madeApplications, mayMake, setKind } from '../../gitops/argocd/made-applications.ts'
import { argocd } from '../../gitops/argocd/argocd.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { identity } from '../../manifests/kinds/kind.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { deleteWithDeployed } from './deployed-by.ts'
import { waitGone } from './gone.ts'
import { removingFrom, type UndoDeps } from './remove.ts'
import { nothing, type Undo } from './undo.ts'

type Staying = Pick<Deployable, 'id' | 'delivery' | 'makes'>
type Deps = Pick<UndoDeps, 'cluster' | 'helm'>

/**
 * Before what a step made is taken away: Applications that go on under another maker stay, with what they deployed. An ApplicationSet or a parent
 * goes without those that services of the file are from now on, and the Applications of services wait for the ApplicationSet or parent that is to make them.
 * Answers what is left to take away.
 */
export const keepMade = async (deps: Deps, undo: Undo, staying: readonly Staying[], ctx: Context): Promise<Undo> =>
  leftToMakers(deps, await takenFromMakers(deps, undo, staying, ctx), staying, ctx)

/** Of ApplicationSets and parents that go, what services of the file deploy from now on. */
export const takenFromMakers = async (
  deps: Deps,
  undo: Undo,
  staying: readonly Staying[],
  ctx: Context,
): Promise<Undo> => {
  const makers = undo.objects.filter(mayMake)
  if (makers.length === 0) return undo
  const removing = await removingFrom(deps, ctx)
  const { kube } = removing
  const wanted = new Set(
    staying.flatMap(({ delivery }) => (delivery?.application ? [identity(applicationRef(delivery))] : [])),
  )
  const isWanted = (one: KubeObject | Ref): boolean => wanted.has(identity('metadata' in one ? refOf(one) : one))
  const gone: Ref[] = []
  for (const maker of makers) {
    // The same one goes on as a service of its own.
    const stays = isWanted(maker)
    const made = (await kube.get(maker)) ? await madeApplications(kube, maker) : []
    if (!made.some(isWanted)) continue
    ctx.report(`taking the Applications of ${maker.kind} ${maker.name} over from it`)
    await releaseFrom(kube, maker, { made: made.filter(isWanted), stays }, ctx)
    if (stays) continue
    await deleteWithDeployed(removing, made.filter((one) => !isWanted(one)).map(refOf), ctx)
    gone.push(maker)
  }
  return { ...undo, objects: undo.objects.filter((one) => !gone.includes(one)) }
}

/** Nothing of what a maker made goes with it, and it makes none of those again. */
const releaseFrom = async (
  kube: Kube,
  maker: Ref,
  { made, stays }: { readonly made: readonly KubeObject[]; readonly stays: boolean },
  ctx: Context,
): Promise<void> => {
  if (maker.kind === setKind.kind) {
    await kube.delete(maker, { orphan: true })
    return waitGone(kube, [maker], ctx, ctx.timeoutMs)
  }
  if (stays) await argocd.pause(kube, maker)
  else await argocd.detach(kube, [maker], ctx)
  for (const one of made) await kube.mergePatch(refOf(one), unmarkedForArgocd)
}

/** Of services that go, what an ApplicationSet or a parent of the file makes from now on. */
const leftToMakers = async (
  { cluster }: Deps,
  undo: Undo,
  staying: readonly Staying[],
  ctx: Context,
): Promise<Undo> => {
  const left: Ref[] = []
  const kube = await cluster.kube(ctx)
  for (const ref of undo.applications) {
    const maker = staying.find(({ makes = [] }) => makes.some((one) => identity(applicationRef(one)) === identity(ref)))
    if (!maker) continue
    ctx.report(`leaving ${ref.name} to ${maker.id}`)
    if (await kube.get(ref)) {
      await argocd.goOn(kube, ref)
      await kube.mergePatch(ref, {
        metadata: { labels: { [labels.cluster]: cluster.config.name, [labels.step]: stepLabel(maker.id) } },
      })
    }
    left.push(ref)
  }
  // All of it came by that Application, and goes on.
  return left.length === 0
    ? undo
    : { ...nothing, applications: undo.applications.filter((one) => !left.includes(one)), hosts: undo.hosts }
}

/** What waited for a maker that has looked by now, and was not made by it: it goes with what it deployed. */
export const removeUnmade = async (deps: Deps, id: string, maker: Ref, ctx: Context): Promise<void> => {
  const removing = await removingFrom(deps, ctx)
  const labelSelector = `${labels.step}=${stepLabel(id)}`
  const waited = await removing.kube.list({ ...applicationKind, labelSelector })
  const unmade = waited.filter((one) => identity(refOf(one)) !== identity(maker) && !isMadeBy(one, maker)).map(refOf)
  await deleteWithDeployed(removing, unmade, ctx)
}
