import { backendCauses } from '../../cluster/diagnose/causes/ingresses.ts'
import { serviceCauses } from '../../cluster/diagnose/causes/services.ts'
import type { Evidence } from '../../cluster/diagnose/evidence.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'

/** Lists of live objects, each whole for its kind and namespace. */
export type Lists = ReadonlyMap<string, readonly KubeObject[]>

export const listKey = (kind: string, namespace: string | undefined): string => `${kind} ${namespace ?? ''}`

/**
 * Of objects that are all there, with workloads that are all ready: Services and Ingresses that lead nowhere all the same, by the rules of
 * `diagnose`. Nothing more is asked: of a kind that was not listed nothing is said.
 */
export const deadEnds = (own: readonly KubeObject[], lists: Lists): readonly string[] => {
  const evidence: Evidence = { objects: [...lists.values()].flat(), logs: new Map(), unanswered: [], now: 0 }
  const has = (kind: string, { metadata: { namespace } }: KubeObject): boolean => lists.has(listKey(kind, namespace))
  const judged = new Set([
    ...own.filter((one) => one.kind === 'Service' && has('Pod', one)).map((one) => showRef(refOf(one))),
    ...own.filter((one) => one.kind === 'Ingress' && has('Service', one)).map((one) => showRef(refOf(one))),
  ])
  return [...serviceCauses(evidence), ...backendCauses(evidence)]
    .filter(({ about }) => judged.has(about))
    .map(({ about, cause }) => `${about}: ${cause}`)
}
