import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { deleteForGood } from './gone.ts'

/** The PersistentVolumeClaims that a StatefulSet makes of one of its templates: `<template>-<set>-<number>`. */
export type Claims = { readonly namespace: string; readonly set: string; readonly template: string }

export const claimsKey = ({ namespace, set, template }: Claims): string => `${namespace}/${template}-${set}`

/** What the StatefulSets among these objects will claim. */
export const claimsOf = (objects: readonly KubeObject[], namespace: string): readonly Claims[] =>
  objects.flatMap(({ kind, metadata, ...rest }) => {
    if (kind !== 'StatefulSet') return []
    const { volumeClaimTemplates = [] } = (rest['spec'] ?? {}) as {
      readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[]
    }
    return volumeClaimTemplates.flatMap(({ metadata: { name: template } = {} }) =>
      template === undefined ? [] : [{ namespace: metadata.namespace ?? namespace, set: metadata.name, template }],
    )
  })

/** Deletes the claims, and with them the volumes that were made for them. */
export const removeClaims = async (kube: Kube, claims: readonly Claims[], ctx: Context): Promise<void> => {
  const namespaces = [...new Set(claims.map(({ namespace }) => namespace))]
  const lists = namespaces.map((namespace) => kube.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace }))
  const found = (await Promise.all(lists)).flat().filter(({ metadata }) =>
    claims.some(({ namespace, set, template }) => {
      const prefix = `${template}-${set}-`
      const { name } = metadata
      return namespace === metadata.namespace && name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))
    }),
  )
  if (found.length > 0) ctx.report(`deleting ${found.length} volume claim${found.length === 1 ? '' : 's'}`)
  await deleteForGood(kube, found.map(refOf), ctx)
}
