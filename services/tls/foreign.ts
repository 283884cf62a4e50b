import type { KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { tlsId } from './head.ts'

/** Throws `not-ours` for an object that another one than the step `tls` made. */
export const refuseForeign = (live: KubeObject | undefined): void => {
  if (!live || live.metadata.labels?.[labels.step] === stepLabel(tlsId)) return
  const { kind, metadata } = live
  throw new EnvironmentError(
    'not-ours',
    `There is a ${showRef(refOf(live))} that kindup did not make: it stays as it is.`,
    {
      hints: [
        `Delete it if nothing needs it: kubectl delete ${kind.toLowerCase()} --namespace ${metadata.namespace} ${metadata.name}`,
      ],
    },
  )
}
