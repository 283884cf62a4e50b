import type { Kube } from '../../cluster/kube/kube.ts'
import { refIn } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { applicationRef } from '../argocd/application.ts'
import { argocd } from '../argocd/argocd.ts'
import { awaitApplication } from '../argocd/await-application.ts'
import { takeOver } from '../argocd/take-over.ts'
import type { Deployer, Parcel } from '../deployer.ts'
import { handOver, managers } from '../hand-over.ts'
import { refuseForeign } from '../refuse-foreign.ts'
import { remoteIn } from '../remote.ts'
import { remoteApplication } from './remote-application.ts'

/** Has Argo CD deploy what this repository's remote holds, and returns once it has synced that. */
const deliver = async (kube: Kube, parcel: Parcel, ctx: Context): Promise<void> => {
  const { delivery, namespace, labels, scaled, objects, onBegun } = parcel
  const { home, name } = delivery
  const remote = remoteIn(delivery)
  await refuseForeign(kube, [applicationRef(delivery)], parcel)
  await handOver(
    kube,
    objects.map((object) => refIn(object, namespace)),
    managers.argocd,
  )
  const found = await kube.get(applicationRef(delivery))
  if (found) await takeOver(kube, found, labels)
  ctx.report(`having Argo CD read ${remote.url}`)
  await kube.apply(remoteApplication({ delivery, remote, namespace, labels, scaled }))
  await awaitApplication(kube, { home, name }, ctx, { until: 'synced', from: remote.url })
  onBegun?.()
}

/** Argo CD, from this repository's own git remote. */
export const argocdRemote: Deployer = { ...argocd, deliver }
