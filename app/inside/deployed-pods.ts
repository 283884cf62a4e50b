import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import type { Pod } from '../../cluster/kube/models.ts'
import { makeMakerOf, namespacesOf } from '../../services/pods-of-steps.ts'

export type DeployedPod = { readonly entry: InventoryEntry; readonly pod: Pod }

/** The pods of what was deployed. */
export type Deployed = {
  /** Where they may be. */
  readonly namespaces: readonly string[]
  /** Those of them that steps brought. */
  among(pods: readonly Pod[]): Promise<readonly DeployedPod[]>
  /** Those that are there now. */
  now(): Promise<readonly DeployedPod[]>
}

/** Finds the pods of these steps among all of the cluster's. */
export const deployedPods = (kube: Kube, entries: readonly InventoryEntry[]): Deployed => {
  const makerOf = makeMakerOf(kube, entries)
  const namespaces = [...new Set(entries.flatMap(namespacesOf))]
  const among: Deployed['among'] = async (pods) =>
    (
      await Promise.all(
        pods.map(async (pod) => {
          const entry = await makerOf({ ...pod, apiVersion: 'v1', kind: 'Pod' })
          return entry ? [{ entry, pod }] : []
        }),
      )
    ).flat()
  return {
    namespaces,
    among,
    now: async () => {
      const lists = await Promise.all(
        namespaces.map((namespace): Promise<readonly Pod[]> => kube.list({ apiVersion: 'v1', kind: 'Pod', namespace })),
      )
      return among(lists.flat())
    },
  }
}
