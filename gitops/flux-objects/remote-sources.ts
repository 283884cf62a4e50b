import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { textAt } from '../../core/fields.ts'
import { isFlux, keyOfObject, sourceKinds } from '../flux/kinds.ts'

/** Whether its controller fetches it, and says of each request what came of it: a HelmRepository of an OCI registry is an address, and no more. */
const isFetched = (object: KubeObject): boolean =>
  isFlux(object) &&
  object.kind !== 'ExternalArtifact' &&
  sourceKinds.includes(object.kind) &&
  textAt(object, 'spec', 'type') !== 'oci'

/** The sources among some objects, as they stand, by their keys: what reads one goes on with what it has when it cannot be fetched. */
export const remoteSources = async (
  kube: Kube,
  objects: readonly KubeObject[],
): Promise<ReadonlyMap<string, KubeObject | undefined>> =>
  new Map(
    await Promise.all(
      objects.filter(isFetched).map(async (one) => [keyOfObject(one, ''), await kube.get(refOf(one))] as const),
    ),
  )
