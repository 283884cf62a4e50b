import type { Kube } from '../../cluster/kube/kube.ts'
import { showRef } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Parcel } from '../deployer.ts'
import { kustomizationRef, sourceRef } from './objects.ts'

/**
 * Refuses to write over objects of Flux that have these names and are not kindup's: Flux would delete what such a Kustomization has
 * applied so far. Throws `sync-failed`.
 */
export const refuseForeign = async (
  kube: Kube,
  { delivery, labels }: Pick<Parcel, 'delivery' | 'labels'>,
): Promise<void> => {
  for (const ref of [kustomizationRef(delivery), sourceRef(delivery)]) {
    const live = await kube.get(ref)
    if (!live || Object.keys(labels).every((key) => live.metadata.labels?.[key] !== undefined)) continue
    throw new EnvironmentError('sync-failed', `${showRef(ref)} is there already, and kindup did not make it.`, {
      hints: ['Give the service another name, or take that one away: Flux would delete what it has applied.'],
    })
  }
}
