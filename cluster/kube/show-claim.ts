import type { KubeObject } from './kube.ts'
import { refOf, showRef } from './ref.ts'

/** `PersistentVolumeClaim dev/data-db-0 (1Gi)` */
export const showClaim = (claim: KubeObject): string => {
  const { resources } = (claim['spec'] ?? {}) as {
    readonly resources?: { readonly requests?: { readonly storage?: string } }
  }
  const size = resources?.requests?.storage
  return `${showRef(refOf(claim))}${size === undefined ? '' : ` (${size})`}`
}
