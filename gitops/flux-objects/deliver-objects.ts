import { randomUUID } from 'node:crypto'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { fieldsAt, numberAt, valueAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import type { Parcel } from '../deployer.ts'
import { requestAnnotation } from '../flux/objects.ts'
import { followObjects } from './follow-objects.ts'
import { isHelmRelease, isKustomization, isOwnSource } from '../flux/kinds.ts'
import { offerTree, type Held } from './offer-tree.ts'

/**
 * Applies objects of Flux that the user wrote and returns once Flux has made it so. Its GitRepositories that are this
 * repository are suspended, and their status names the working tree in place of a commit: whatever reads them reads that.
 */
export const deliverObjects = async (kube: Kube, parcel: Parcel, ctx: Context): Promise<void> => {
  const { objects, delivery, onBegun } = parcel
  const { worktree } = delivery.objects ?? {}
  const held = worktree && (await offerTree(kube, parcel, worktree, ctx))
  const request = randomUUID()
  ctx.report('applying the objects of Flux')
  for (const object of objects.filter((one) => !deploys(one))) {
    const live = await kube.apply(asked(object, request))
    if (worktree && held && isOwnSource(object, worktree)) await lead(kube, live, held)
  }
  for (const object of objects.filter(deploys)) await kube.apply(asked(object, request))
  onBegun?.()
  await followObjects(kube, { parcel, request, ...(held ? { held } : {}) }, ctx)
}

const deploys = (object: KubeObject): boolean => isKustomization(object) || isHelmRelease(object)

/** Looked at now, and not when its interval is over; what was paused goes on, unless its file says otherwise. */
export const asked = (object: KubeObject, request: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [requestAnnotation]: request } },
  ...(canBeSuspended(object) && valueAt(object, 'spec', 'suspend') === undefined
    ? { spec: { ...fieldsAt(object, 'spec'), suspend: false } }
    : {}),
})

/** Those of extensions and what these make have no such key, and the API refuses it. */
const canBeSuspended = ({ apiVersion, kind }: KubeObject): boolean =>
  apiVersion.includes('.toolkit.fluxcd.io/') && kind !== 'ExternalArtifact'

/** Has a suspended source hold what another one holds. Its controller writes nothing there as long as it is suspended. */
const lead = async (kube: Kube, source: KubeObject, artifact: Held): Promise<void> => {
  const generation = numberAt(source, 'metadata', 'generation') ?? 1
  await kube.patchStatus(refOf(source), {
    status: {
      artifact,
      observedGeneration: generation,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'WorkingTree',
          message: 'holds the working tree, by kindup',
          observedGeneration: generation,
          lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        },
      ],
    },
  })
}
