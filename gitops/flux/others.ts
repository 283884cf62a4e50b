import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import type { Problem } from '../../core/problem.ts'
import type { Parcel } from '../deployer.ts'
import { kustomizationKind } from './objects.ts'

const isShared = ['Namespace', 'CustomResourceDefinition']

/**
 * Refuses objects that a Kustomization of the user's deploys: Flux takes each to be its own in turn, and both would change
 * them back for ever. Whose it is, the inventories tell: the label on the object says only who applied it last. Those of
 * other services lose what moves between services. Throws `sync-failed` with all of them.
 */
export const refuseOthers = async (
  kube: Kube,
  { delivery, labels, placeOf }: Parcel,
  objects: readonly KubeObject[],
): Promise<void> => {
  const others = (await kube.list(kustomizationKind)).filter(({ metadata }) => {
    const isOfKindup = Object.keys(labels).every((key) => metadata.labels?.[key] !== undefined)
    return !isOfKindup && !(metadata.name === delivery.name && metadata.namespace === delivery.home)
  })
  const problems = objects
    .filter(({ kind }) => !isShared.includes(kind))
    .flatMap((object): readonly Problem[] => {
      const other = others.find((one) => holds(one, object))
      if (!other) return []
      const [group = ''] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['']
      const { kind, metadata } = object
      const at = placeOf({ kind, name: metadata.name, namespace: metadata.namespace ?? '', group })
      return [
        {
          severity: 'error',
          message: `${showRef(refOf(object))} is deployed by the Kustomization ${other.metadata.namespace ?? ''}/${other.metadata.name} already: both would change it back for ever.`,
          hint: 'Give it another name or namespace, or leave it to one of the two.',
          ...(at ? { at } : {}),
        },
      ]
    })
  if (problems.length > 0)
    throw new EnvironmentError('sync-failed', `Flux deploys objects of ${delivery.name} for somebody else.`, {
      problems,
    })
}

/** Whether it lists the object among what it has applied: `dev_page__ConfigMap`. */
const holds = (kustomization: KubeObject, { apiVersion, kind, metadata }: KubeObject): boolean => {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  const id = `${metadata.namespace ?? ''}_${metadata.name.replaceAll(':', '__')}_${group}_${kind}`
  return mapsAt(kustomization, 'status', 'inventory', 'entries').some((entry) => textAt(entry, 'id') === id)
}
