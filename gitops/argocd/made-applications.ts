import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import { applicationKind } from './application.ts'
import { isOfApplication } from './deployed.ts'

export const setKind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet' } as const

/** Whether an object of Argo CD may make Applications. */
export const mayMake = ({ apiVersion, kind }: Pick<Ref, 'apiVersion' | 'kind'>): boolean =>
  apiVersion.startsWith('argoproj.io/') && (kind === setKind.kind || kind === applicationKind.kind)

/** The Applications that an ApplicationSet or another Application has made in the cluster. */
export const madeApplications = async (kube: Kube, maker: Ref): Promise<readonly KubeObject[]> => {
  const all = await kube.list({ ...applicationKind, ...(maker.namespace ? { namespace: maker.namespace } : {}) })
  return all.filter((one) => isMadeBy(one, maker))
}

export const isMadeBy = (live: KubeObject, maker: Ref): boolean =>
  maker.kind === setKind.kind
    ? mapsAt(live, 'metadata', 'ownerReferences').some(
        (owner) => textAt(owner, 'kind') === setKind.kind && textAt(owner, 'name') === maker.name,
      )
    : live.metadata.name !== maker.name && isOfApplication(live, maker)
