import type { Finding } from '../schema/check.ts'
import type { PlanObject, PlanObjects } from './plan-objects.ts'
import { quotaFindings, quotaSums } from './quotas.ts'
import { bindingReferences, claimReferences, podReferences } from './references.ts'
import { gatewayFindings, routeFindings } from './routes.ts'
import { targetFindings } from './targets.ts'

/** What an object names and nothing in the plan has. The API takes all of it, and something may be there by other hands: none is an error. */
export const referenceFindings = (one: PlanObject, plan: PlanObjects): readonly Finding[] => [
  ...podReferences(one, plan),
  ...claimReferences(one, plan),
  ...bindingReferences(one, plan),
  ...targetFindings(one, plan),
  ...gatewayFindings(one, plan),
  ...routeFindings(one, plan),
  ...quotaFindings(one, plan),
  ...quotaSums(one, plan),
]
