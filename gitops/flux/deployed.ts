import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { textAt, valueAt } from '../../core/fields.ts'
import { inventoryOf } from './closure.ts'

/** What a Kustomization has applied and would take away, by its own status. */
export const deployedByFlux = (object: KubeObject): readonly Ref[] =>
  object.kind === 'Kustomization' && valueAt(object, 'spec', 'prune') === true ? inventoryOf(object) : []

/** The release that a HelmRelease is. */
export const releaseOfFlux = (
  object: KubeObject,
): { readonly release: string; readonly namespace: string } | undefined => {
  if (object.kind !== 'HelmRelease') return undefined
  const { name, namespace: home = '' } = object.metadata
  const target = textAt(object, 'spec', 'targetNamespace')
  return {
    release: textAt(object, 'spec', 'releaseName') ?? (target === undefined ? name : `${target}-${name}`),
    namespace: textAt(object, 'spec', 'storageNamespace') ?? home,
  }
}

/** Whether a live object is a Kustomization's or a HelmRelease's, by the labels that Flux sets. */
export const isOfFlux = ({ metadata: { labels } }: KubeObject, { kind, name, namespace }: Ref): boolean => {
  const group = kind === 'HelmRelease' ? 'helm' : 'kustomize'
  return (
    labels?.[`${group}.toolkit.fluxcd.io/name`] === name && labels[`${group}.toolkit.fluxcd.io/namespace`] === namespace
  )
}

/** A change after which an object is nobody's: Flux takes nothing away that does not carry its labels. */
export const unmarkedForFlux = {
  metadata: {
    labels: { 'kustomize.toolkit.fluxcd.io/name': null, 'kustomize.toolkit.fluxcd.io/namespace': null },
  },
} as const

/** Flux is told not to delete it. */
export const isKeptByFlux = ({ metadata: { labels, annotations } }: KubeObject): boolean =>
  [labels, annotations].some((all) => /^disabled$/i.test(all?.['kustomize.toolkit.fluxcd.io/prune'] ?? ''))
