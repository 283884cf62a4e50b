import type { Cluster } from '../../cluster/cluster.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import { applicationKind } from '../../gitops/argocd/application.ts'
import { awaitApplication } from '../../gitops/argocd/await-application.ts'
import { awaitSet } from '../../gitops/argocd/await-set.ts'
import { deployedByApplication } from '../../gitops/argocd/deployed.ts'
import { madeApplications, setKind } from '../../gitops/argocd/made-applications.ts'
import type { Left } from '../../gitops/argocd/wait-for-argocd.ts'
import { workloadsAmong } from '../../gitops/workloads.ts'
import { recordedDeps } from '../recorded-undo.ts'
import { removeUnmade } from '../remove/keep-made.ts'
import { watchMade } from './watch-made.ts'
import { watched } from './watched.ts'

type Awaited = {
  readonly id: string
  readonly only: { readonly kind: string; readonly name: string }
  readonly left: Left
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Waits until Argo CD has deployed what an Application or an ApplicationSet names that was applied as it is, with the Applications that it makes.
 * What a service left to it and it does not make goes.
 */
export const awaitLeft = async (cluster: Cluster, { id, only, left, env }: Awaited, ctx: Context): Promise<void> => {
  const kube = await cluster.kube(ctx)
  const { home, name, at } = left
  const isSet = only.kind === setKind.kind
  const ref = { ...(isSet ? setKind : applicationKind), namespace: home, name }
  const deployed = async (own: Context): Promise<void> => {
    if (isSet) return awaitSet(kube, left, own)
    await awaitApplication(kube, left, own)
    const below = await madeApplications(kube, ref)
    await Promise.all(
      below.map((one) => awaitApplication(kube, { home, name: one.metadata.name, ...(at ? { at } : {}) }, own)),
    )
  }
  const find = async (): Promise<readonly KubeObject[]> => {
    const self = isSet ? undefined : await kube.get(ref)
    const all = [...(self ? [self] : []), ...(await madeApplications(kube, ref))]
    return workloadsAmong(kube, all.flatMap(deployedByApplication))
  }
  await watched(
    (signal) => watchMade({ kube, cluster, find }, { ...ctx, signal }),
    (signal) => deployed({ ...ctx, signal }),
    ctx,
  )
  await removeUnmade(recordedDeps({ cluster, env }, []), id, ref, ctx)
}
