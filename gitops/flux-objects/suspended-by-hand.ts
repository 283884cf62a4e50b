import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, valueAt } from '../../core/fields.ts'
import { managers } from '../hand-over.ts'

/**
 * Whether it is suspended, and no file says so: what is in files is applied, and `flux suspend` and kubectl write it. Flux takes
 * back what kubectl wrote when it next applies the object, and leaves what `flux suspend` did.
 */
export const isSuspendedByHand = (object: KubeObject): boolean =>
  valueAt(object, 'spec', 'suspend') === true &&
  !(object.metadata.managedFields ?? []).some(
    ({ manager, operation, fieldsV1 }) =>
      operation === 'Apply' &&
      (manager === managers.flux || manager === managers.kindup) &&
      fieldsAt(fieldsV1, 'f:spec')['f:suspend'] !== undefined,
  )
