import type { Kube } from '../kube/kube.ts'

/** Where the cluster remembers what kindup made in it. */
export const inventoryNamespace = 'kindup'

/** On everything of ours. */
export const ourLabels = { 'app.kubernetes.io/managed-by': 'kindup' } as const

/** Makes the namespace of the record where it is not there yet. */
export const ensureInventoryNamespace = async (kube: Kube): Promise<void> => {
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: inventoryNamespace, labels: ourLabels } })
}
