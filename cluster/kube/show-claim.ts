import { textAt } from '../../core/fields.ts'
import type { KubeObject } from './kube.ts'
import { refOf, showRef } from './ref.ts'

/** `PersistentVolumeClaim dev/data-db-0 (1Gi)` */
export const showClaim = (claim: KubeObject): string => {
  const size = textAt(claim, 'spec', 'resources', 'requests', 'storage')
  return `${showRef(refOf(claim))}${size === undefined ? '' : ` (${size})`}`
}
