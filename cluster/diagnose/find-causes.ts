import { apiCauses } from './causes/apis.ts'
import { autoscalerCauses } from './causes/autoscalers.ts'
import { claimCauses, claimsOf } from './causes/claims.ts'
import { ingressRouteCauses } from './causes/ingress-routes.ts'
import { ingressCauses } from './causes/ingresses.ts'
import { nodeCauses } from './causes/nodes.ts'
import { policyCauses } from './causes/policies.ts'
import { routeCauses } from './causes/routes.ts'
import { serviceCauses } from './causes/services.ts'
import { workloadCauses } from './causes/workloads.ts'
import { valueAt } from '../../core/fields.ts'
import { ofKind, type Evidence } from './evidence.ts'
import { depths, type Finding } from './finding.ts'

/** Families of causes. Each looks for its own kind in all that was seen. */
const families: readonly ((evidence: Evidence) => readonly Finding[])[] = [
  nodeCauses,
  apiCauses,
  claimCauses,
  workloadCauses,
  serviceCauses,
  ingressCauses,
  routeCauses,
  ingressRouteCauses,
  policyCauses,
  autoscalerCauses,
]

/** One cause, and everything that it is about. */
export type Cause = Omit<Finding, 'about' | 'namespace'> & {
  readonly about: readonly string[]
  /** Of what it is about; empty for what is outside of all. */
  readonly namespaces: readonly string[]
}

/**
 * Why the cluster is not as it should be, the likeliest first: what lies deeper stops what stands on it. Of the same depth
 * comes first what `failed` speaks of, the message of a run that failed. Each cause is said once. `known`: what was found
 * outside of the cluster.
 */
export const findCauses = (evidence: Evidence, failed = '', known: readonly Finding[] = []): readonly Cause[] => {
  const all = [...known, ...families.flatMap((probe) => probe(evidence))]
  const own = all.filter((finding) => !isConsequence(finding, all, evidence))
  const causes = Map.groupBy(own, ({ cause, hints }) => JSON.stringify([cause, hints]))
  return [...causes.values()]
    .flatMap((same) => {
      const [first] = same
      return first === undefined ? [] : [together(first, same)]
    })
    .toSorted((a, b) => rank(a, failed) - rank(b, failed))
}

const together = ({ about: _about, namespace: _namespace, ...first }: Finding, same: readonly Finding[]): Cause => ({
  ...first,
  evidence: [...new Set(same.flatMap(({ evidence }) => evidence))].slice(0, 6),
  about: same.map(({ about }) => about),
  namespaces: [...new Set(same.flatMap(({ namespace }) => namespace ?? []))],
})

const rank = ({ depth, about }: Cause, failed: string): number => {
  const isMeant = about.some((one) => failed.includes(one.split(/[ /]/).at(-1) ?? one))
  return depths.indexOf(depth) * 2 + (failed !== '' && !isMeant ? 1 : 0)
}

/** What another finding says better: a pod that waits for a claim, and refusals of a webhook that nothing serves. */
const isConsequence = (finding: Finding, all: readonly Finding[], evidence: Evidence): boolean => {
  if (finding.depth !== 'workload') return false
  if (/PersistentVolumeClaim/.test(finding.cause)) {
    const [kind = '', name = ''] = finding.about.split(' ')
    const object = ofKind(evidence, kind).find(
      ({ metadata }) => `${metadata.namespace}/${metadata.name}` === name || metadata.name === name,
    )
    const claims = claimsOf(valueAt(object, 'spec', 'template', 'spec') ?? object?.['spec'])
    return all.some(
      ({ about, namespace }) =>
        namespace === finding.namespace &&
        claims.some((claim) => about === `PersistentVolumeClaim ${namespace}/${claim}`),
    )
  }
  const webhook = /webhook ("?)(\S+?)\1[ :]/.exec(finding.cause)?.[2]
  return (
    webhook !== undefined && all.some(({ depth, cause }) => depth === 'api' && cause.includes(`webhook ${webhook} `))
  )
}
