import type { Kube } from '../../cluster/kube/kube.ts'

export type ReleaseName = { readonly release: string; readonly namespace: string }

/** One revision of a release, as helm's own Secret tells. */
export type Revision = { readonly secret: string; readonly revision: number; readonly status: string }

/** The revisions that helm remembers, oldest first. Asks the API: helm itself takes a second to answer this. */
export const revisionsOf = async (kube: Kube, { release, namespace }: ReleaseName): Promise<readonly Revision[]> => {
  const secrets = await kube.list({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    labelSelector: `owner=helm,name=${release}`,
  })
  return secrets
    .map(({ metadata }) => ({
      secret: metadata.name,
      revision: Number(metadata.labels?.['version'] ?? 0),
      status: metadata.labels?.['status'] ?? 'unknown',
    }))
    .toSorted((a, b) => a.revision - b.revision)
}

/**
 * Takes away what a killed helm left: a `pending-*` revision, which makes every later upgrade say that another operation
 * is in progress. Only for the holder of the run's Lease: another helm could be at work otherwise. Answers the revisions that are left.
 */
export const clearInterrupted = async (kube: Kube, name: ReleaseName): Promise<readonly Revision[]> => {
  const revisions = await revisionsOf(kube, name)
  const pending = revisions.filter(({ status }) => status.startsWith('pending-'))
  // Rolling back fails at revision 1 ("not found"); without the Secret, the next upgrade goes on from the revision before.
  for (const { secret } of pending)
    await kube.delete({ apiVersion: 'v1', kind: 'Secret', namespace: name.namespace, name: secret })
  return revisions.filter((one) => !pending.includes(one))
}
