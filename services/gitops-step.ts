import { identified, idOf, type Identity } from '../core/identity.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { recorded } from '../cluster/inventory/recorded-step.ts'
import type { GitOpsTool } from '../config/config.ts'
import { lazyStep, type StepHead } from '../core/lazy-step.ts'
import type { Step } from '../core/step.ts'
import type { Deployable } from '../manifests/deployable.ts'
import type { UndoDeps } from './remove/remove.ts'

/** The step that lets a GitOps controller read the local registry. */
const identityOf = (tool: GitOpsTool): Identity => ({ kind: 'gitops', name: tool })
export const gitopsStepId = (tool: GitOpsTool): string => idOf(identityOf(tool))

/** One step for all services that Argo CD deploys; none where there is no such service. Flux is told with each of its sources. */
export const gitopsSteps = (
  deployables: readonly Deployable[],
  deps: UndoDeps & { readonly cluster: Cluster },
): readonly Step[] => {
  const delivery = deployables.find(({ delivery: one }) => one?.tool === 'argocd' && one.remote === undefined)?.delivery
  if (!delivery) return []
  const { home, port } = delivery
  const head: StepHead = {
    ...identified(identityOf('argocd')),
    title: `Argo CD reads from the registry localhost:${port}`,
    needs: ['cluster/api', 'addon/argocd', 'registry'],
    dies: 'with-cluster',
  }
  return [
    lazyStep(head, async () => {
      const { gitopsWork } = await import('./deploy/gitops-work.ts')
      return recorded(gitopsWork(head, { home, port }, deps), deps.cluster)
    }),
  ]
}
