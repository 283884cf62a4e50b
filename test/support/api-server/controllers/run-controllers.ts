import type { Store } from '../store.ts'
import { jobs } from './jobs.ts'
import { accountTokens, claims, namespaces } from './namespaces.ts'
import { pods } from './pods.ts'
import { apiServices, definitions, garbage } from './registrations.ts'
import { daemonSets, deployments, replicaSets, statefulSets } from './workloads.ts'
import type { Controller, World } from './world.ts'

const controllers: readonly Controller[] = [
  definitions,
  namespaces,
  accountTokens,
  claims,
  apiServices,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  pods,
  garbage,
]

/** Lets all controllers take a turn soon after each change, until nothing changes. Stopped by what it returns. */
export const runControllers = (
  store: Store,
  world: World,
  more: readonly Controller[] = [],
): { readonly wake: () => void; readonly stop: () => void } => {
  let planned: NodeJS.Immediate | undefined
  const turn = (): void => {
    planned = undefined
    for (const controller of [...controllers, ...more]) controller(world)
  }
  const wake = (): void => {
    planned ??= setImmediate(turn)
  }
  const unsubscribe = store.subscribe(wake)
  wake()
  return {
    wake,
    stop: () => {
      unsubscribe()
      clearImmediate(planned)
    },
  }
}
