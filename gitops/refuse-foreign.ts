import type { Kube, Ref } from '../cluster/kube/kube.ts'
import { showRef } from '../cluster/kube/ref.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Parcel } from './deployer.ts'

/**
 * Refuses to write over objects of a GitOps tool that have these names and are not kindup's: the tool would delete what
 * such an object has applied so far. Throws `sync-failed`.
 */
export const refuseForeign = async (
  kube: Kube,
  refs: readonly Ref[],
  { labels }: Pick<Parcel, 'labels'>,
): Promise<void> => {
  for (const ref of refs) {
    const live = await kube.get(ref)
    if (!live || Object.keys(labels).every((key) => live.metadata.labels?.[key] !== undefined)) continue
    throw new EnvironmentError('sync-failed', `${showRef(ref)} is there already, and kindup did not make it.`, {
      hints: ['Give the service another name, or take that one away: what it has applied would be deleted.'],
    })
  }
}
