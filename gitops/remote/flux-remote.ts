import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refIn, refOf } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import type { Delivery } from '../delivery.ts'
import type { Deployer, Parcel } from '../deployer.ts'
import { fluxObjects } from '../flux-objects/flux-objects.ts'
import { takeAwayOrder } from '../flux-objects/take-away-order.ts'
import { handOver, managers } from '../hand-over.ts'
import { refuseForeign } from '../refuse-foreign.ts'
import { remoteIn } from '../remote.ts'
import { remoteFluxObjects } from './remote-flux-objects.ts'

/** As objects of Flux that the user wrote are, which read their remotes. */
const asWritten = (delivery: Delivery): Delivery => ({ ...delivery, objects: {} })

const objectsOf = (
  delivery: Delivery,
  { namespace, labels }: Pick<Parcel, 'namespace' | 'labels'>,
): readonly KubeObject[] => remoteFluxObjects(delivery, remoteIn(delivery), { namespace, labels })

/** Where only their names count. */
const named = (delivery: Delivery): readonly KubeObject[] => objectsOf(delivery, { namespace: '', labels: {} })

const deliver = async (kube: Kube, parcel: Parcel, ctx: Context): Promise<void> => {
  const { delivery, namespace } = parcel
  const objects = objectsOf(delivery, parcel)
  await refuseForeign(kube, objects.map(refOf), parcel)
  const there = parcel.objects.map((object) => refIn(object, namespace))
  const { of, url } = remoteIn(delivery)
  if (of.kind === 'chart') await adoptForHelm(kube, there, of.release, namespace)
  else await handOver(kube, there, managers.flux, parcel.scaled)
  ctx.report(`having Flux read ${url}`)
  await fluxObjects.deliver(kube, { ...parcel, delivery: asWritten(delivery), objects }, ctx)
}

/** helm takes over what says that it belongs to the release, and refuses everything else that is there. */
const adoptForHelm = async (kube: Kube, refs: readonly Ref[], release: string, namespace: string): Promise<void> => {
  await handOver(kube, refs, managers.helmController)
  for (const ref of refs)
    if (await kube.get(ref))
      await kube.mergePatch(ref, {
        metadata: {
          labels: { 'app.kubernetes.io/managed-by': 'Helm' },
          annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
        },
      })
}

/** Flux, from this repository's own git remote. */
export const fluxRemote: Deployer = {
  ...fluxObjects,
  refs: (delivery) => takeAwayOrder(asWritten(delivery), named(delivery)),
  deliver,
  awaitHealth: (kube, delivery, ctx) => fluxObjects.awaitHealth(kube, asWritten(delivery), ctx, named(delivery)),
  probe: async (kube, handed) => {
    const { delivery, namespace } = handed
    // Whose they are stands on them, and is no part of what was handed over.
    const live = await Promise.all(named(delivery).map((object) => kube.get(refOf(object))))
    const labels = Object.fromEntries(
      live
        .flatMap((one) => Object.entries(one?.metadata.labels ?? {}))
        .filter(([key]) => key.startsWith('kindup.dev/')),
    )
    return fluxObjects.probe(kube, {
      ...handed,
      delivery: asWritten(delivery),
      objects: objectsOf(delivery, { namespace, labels }),
    })
  },
}
