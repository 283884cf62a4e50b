import { mapsAt, textAt } from '../../core/fields.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { deleteForGood } from './gone.ts'
import type { Claims, Undo } from './undo.ts'

/** What the StatefulSets among these objects will claim. */
export const claimsOf = (objects: readonly KubeObject[], namespace: string): readonly Claims[] =>
  objects.flatMap(({ kind, metadata, ...rest }) => {
    if (kind !== 'StatefulSet') return []
    return mapsAt(rest, 'spec', 'volumeClaimTemplates').flatMap((claim) => {
      const template = textAt(claim, 'metadata', 'name')
      return template === undefined
        ? []
        : [{ namespace: metadata.namespace ?? namespace, set: metadata.name, template }]
    })
  })

/**
 * The claims that the StatefulSets were given, as they stand. One that somebody else made, or restored, under such a name
 * is theirs.
 */
export const findClaims = async (kube: Kube, claims: readonly Claims[]): Promise<readonly KubeObject[]> => {
  const namespaces = [...new Set(claims.map(({ namespace }) => namespace))]
  const lists = namespaces.map((namespace) => kube.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace }))
  return (await Promise.all(lists)).flat().filter((claim) => isClaimOf(claims, claim))
}

/** Whether a claim is one that a controller made for one of the StatefulSets. */
export const isClaimOf = (claims: readonly Claims[], { kind, metadata }: KubeObject): boolean => {
  const { name, managedFields = [] } = metadata
  const made = managedFields.length === 0 || managedFields.some(({ manager }) => manager === 'kube-controller-manager')
  return (
    kind === 'PersistentVolumeClaim' &&
    made &&
    claims.some(({ namespace, set, template }) => {
      const prefix = `${template}-${set}-`
      return namespace === metadata.namespace && name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))
    })
  )
}

/** Deletes the claims, and with them the volumes that were made for them. */
export const removeClaims = async (kube: Kube, claims: readonly Claims[], ctx: Context): Promise<void> => {
  const found = await findClaims(kube, claims)
  if (found.length > 0) ctx.report(`deleting ${found.length} volume claim${found.length === 1 ? '' : 's'}`)
  await deleteForGood(kube, found.map(refOf), ctx)
}

/** The claims whose data goes when a step is taken away: those that it made, and those that its StatefulSets were given. */
export const volumesOf = async (
  kube: Kube,
  id: string,
  { claims, namespaces }: Pick<Undo, 'claims' | 'namespaces'>,
): Promise<readonly KubeObject[]> => {
  const labelSelector = `${labels.step}=${stepLabel(id)}`
  const lists = namespaces.map((namespace) =>
    kube.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, labelSelector }),
  )
  const all = [...(await Promise.all(lists)).flat(), ...(await findClaims(kube, claims))]
  return [...new Map(all.map((claim) => [claim.metadata.uid, claim])).values()]
}
