import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Kube } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { pack } from '../artifact/pack.ts'
import { push } from '../artifact/push.ts'
import type { Parcel } from '../deployer.ts'
import { handOver, managers } from '../hand-over.ts'
import { forFlux } from './for-flux.ts'
import { kustomizationOf, kustomizationRef, sourceOf, sourceRef } from './objects.ts'
import { refuseOthers } from './others.ts'
import { refuseForeign } from '../refuse-foreign.ts'
import { namespacedAmong } from './scopes.ts'
import { awaitApplied, awaitSource, syncFailed } from './sync.ts'

/** Hands objects to Flux: packs them, puts them into the local registry, has them applied now, and waits for that. */
export const deliver = async (kube: Kube, parcel: Parcel, ctx: Context): Promise<void> => {
  const { delivery, objects, namespace, labels, scaled, onBegun } = parcel
  const isNamespaced = await namespacedAmong(kube, objects)
  const all = forFlux(objects, { namespace, scaled, isNamespaced })
  const artifact = pack(all)
  await refuseForeign(kube, [kustomizationRef(parcel.delivery), sourceRef(parcel.delivery)], parcel)
  await refuseOthers(kube, parcel, all)
  ctx.report('pushing its objects to the local registry')
  await push(delivery.repository, artifact, { port: delivery.port, signal: ctx.signal })
  await handOver(kube, all.map(refOf), managers.flux, scaled)
  const { digest } = artifact
  const request = randomUUID()
  ctx.report('having Flux read it')
  await kube.apply(sourceOf(digest, { delivery, labels, request }))
  await awaitSource(kube, { parcel, digest, request }, ctx)
  await applied(kube, parcel, digest, ctx)
  onBegun?.()
}

/** How often, and after what time, what may be otherwise in a moment is tried again. */
const tries = { most: 10, pauseMs: 2_000 }

const applied = async (kube: Kube, parcel: Parcel, digest: string, ctx: Context, nth = 1): Promise<void> => {
  const { delivery, labels } = parcel
  const request = randomUUID()
  ctx.report('having Flux apply it')
  await kube.apply(kustomizationOf({ delivery, labels, request }))
  const failure = await awaitApplied(kube, { parcel, digest, request }, ctx)
  if (!failure) return
  if (nth >= tries.most) throw syncFailed(failure, parcel)
  ctx.report(failure.message)
  await pause(tries.pauseMs, undefined, { signal: ctx.signal })
  return applied(kube, parcel, digest, ctx, nth + 1)
}
