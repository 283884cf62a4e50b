import { backendCauses } from '../../cluster/diagnose/causes/ingresses.ts'
import { ingressRouteCauses } from '../../cluster/diagnose/causes/ingress-routes.ts'
import { routeCauses } from '../../cluster/diagnose/causes/routes.ts'
import { ingressRouteKinds, routeKinds } from '../../cluster/diagnose/route-kinds.ts'
import { serviceCauses } from '../../cluster/diagnose/causes/services.ts'
import type { Evidence } from '../../cluster/diagnose/evidence.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'

/** Lists of live objects, each whole for its kind and namespace. */
export type Lists = ReadonlyMap<string, readonly KubeObject[]>

export const listKey = (kind: string, namespace: string | undefined): string => `${kind} ${namespace ?? ''}`

/** What its controller says of it, in its own status: nothing else has to be listed. */
const saysItself = new Set(['Gateway', ...routeKinds])
/** What leads to Services, and says nothing of it. */
const leadsOn = new Set(['Ingress', ...ingressRouteKinds])

/**
 * Of objects that are all there, with workloads that are all ready: Services, Ingresses and routes that lead nowhere all the same, by the
 * rules of `diagnose`. Nothing more is asked: of a kind that was not listed nothing is said.
 */
export const deadEnds = (own: readonly KubeObject[], lists: Lists): readonly string[] => {
  const evidence: Evidence = { objects: [...lists.values()].flat(), logs: new Map(), unanswered: [], now: 0 }
  const has = (kind: string, { metadata: { namespace } }: KubeObject): boolean => lists.has(listKey(kind, namespace))
  const judged = new Set([
    ...own.filter((one) => one.kind === 'Service' && has('Pod', one)).map((one) => showRef(refOf(one))),
    ...own.filter((one) => leadsOn.has(one.kind) && has('Service', one)).map((one) => showRef(refOf(one))),
    ...own.filter((one) => saysItself.has(one.kind)).map((one) => showRef(refOf(one))),
  ])
  const found = [
    ...[serviceCauses, backendCauses, routeCauses].flatMap((causes) => causes(evidence)),
    ...ingressRouteCauses(evidence, has),
  ]
  return found.filter(({ about }) => judged.has(about)).map(({ about, cause }) => `${about}: ${cause}`)
}
