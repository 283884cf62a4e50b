import { setTimeout as pause } from 'node:timers/promises'
import type { Kube } from '../../cluster/kube/kube.ts'
import { messageOf } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import { pack } from '../artifact/pack.ts'
import { push } from '../artifact/push.ts'
import type { Parcel } from '../deployer.ts'
import { handOver, managers } from '../hand-over.ts'
import { refuseForeign } from '../refuse-foreign.ts'
import { showNamed } from '../named.ts'
import { applicationOf, applicationRef } from './application.ts'
import { endSync, nextRequest } from './end-sync.ts'
import { forArgo } from './protect.ts'
import { stateOf } from './state.ts'
import { awaitSync } from './sync.ts'
import { takeOver } from './take-over.ts'
import type { Synced } from './verdict.ts'

/** What Argo CD reads at once, unless it is told otherwise: `reposerver.max.combined.directory.manifests.size`. */
const mostBytes = 10 * 1024 * 1024

/** Hands objects to Argo CD: packs them, puts them into the local registry, has them synced now, and waits for that. */
export const deliver = async (kube: Kube, parcel: Parcel, ctx: Context): Promise<void> => {
  const { delivery, objects, namespace } = parcel
  // One of the user's files is meant to be taken over.
  if (!delivery.application) await refuseForeign(kube, [applicationRef(delivery)], parcel)
  const all = forArgo(objects)
  const artifact = pack(all)
  if (artifact.bytes > mostBytes)
    ctx.warn(
      `${delivery.name} is ${(artifact.bytes / 1024 / 1024).toFixed(1)} MB of objects, and Argo CD reads 10 MB unless its \`reposerver.max.combined.directory.manifests.size\` says more.`,
    )
  ctx.report('pushing its objects to the local registry')
  await push(delivery.repository, artifact, { port: delivery.port, signal: ctx.signal })
  await handOver(
    kube,
    all.map(({ apiVersion, kind, metadata: { name, namespace: own } }) => ({
      apiVersion,
      kind,
      name,
      namespace: own ?? namespace,
    })),
    managers.argocd,
  )
  const { restless } = await synced(kube, parcel, artifact.digest, ctx)
  if (restless.length > 0)
    ctx.warn(
      `${delivery.name} was synced, and ${restless.map(showNamed).join(', ')} ${restless.length > 1 ? 'differ' : 'differs'} from it again: somebody else in the cluster changes ${restless.length > 1 ? 'them' : 'it'}.`,
    )
}

/** How often what is gone may still stand in Argo CD's memory. */
const mostTries = 4

/** Has it synced. What was deleted a moment ago to be made again, Argo CD may still take for there: it is asked again. */
const synced = async (kube: Kube, parcel: Parcel, digest: string, ctx: Context, tries = 1): Promise<Synced> => {
  const { delivery, namespace, labels, scaled, hasCustomKinds = false, placeOf, onBegun } = parcel
  const ref = applicationRef(delivery)
  const found = await kube.get(ref)
  const before = found && stateOf(found)
  if (found) await takeOver(kube, found, labels)
  const { request, isBlocked } = nextRequest(before, digest)
  if (isBlocked) await endSync(kube, ref, ctx)
  ctx.report('having Argo CD sync it')
  await kube.apply(applicationOf({ delivery, digest, namespace, labels, scaled, hasCustomKinds, request }))
  try {
    return await awaitSync(kube, { delivery, digest, request, before, placeOf, ...(onBegun ? { onBegun } : {}) }, ctx)
  } catch (error) {
    if (tries >= mostTries || !/it might have been deleted/.test(messageOf(error))) throw error
    ctx.report('Argo CD has not seen yet what is gone')
    await pause(tries * 500, undefined, { signal: ctx.signal })
    return synced(kube, parcel, digest, ctx, tries + 1)
  }
}
