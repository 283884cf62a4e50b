import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { mapsAt, numberAt } from '../../core/fields.ts'
import { workloadsAmong } from '../workloads.ts'
import { closureOf, inventoryOf } from '../flux/closure.ts'
import { isOfFlux } from '../flux/deployed.ts'
import { isHelmRelease } from '../flux/kinds.ts'

const kinds = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'batch/v1', kind: 'Job' },
] as const

/** The workloads that Kustomizations and HelmReleases have made so far, whatever chart or repository names them. */
export const workloadsMade = async (kube: Kube, objects: readonly KubeObject[]): Promise<readonly KubeObject[]> => {
  const closure = [...(await closureOf(kube, objects)).values()].flatMap((one) => (one && isOfNow(one) ? [one] : []))
  const applied = await workloadsAmong(kube, closure.flatMap(inventoryOf))
  // The status of a HelmRelease may name nothing of it before it is done.
  const releases = closure.filter(isHelmRelease).map(refOf)
  if (releases.length === 0) return applied
  const labelSelector = 'helm.toolkit.fluxcd.io/name'
  const lists = await Promise.all(kinds.map((kind) => kube.list({ ...kind, labelSelector })))
  return [...applied, ...lists.flat().filter((live) => releases.some((one) => isOfFlux(live, one)))]
}

/** As long as it is at what its file said before, what it has made so far is of that. */
const isOfNow = (object: KubeObject): boolean =>
  mapsAt(object, 'status', 'conditions').some(
    (one) => one['type'] === 'Ready' && numberAt(one, 'observedGeneration') === object.metadata.generation,
  )
