import { EnvironmentError, usageError } from '../../core/errors.ts'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import { wordFor } from '../../core/identity.ts'
import { bestPod } from './best-pod.ts'
import { containersOfPod, type PodContainer } from './containers.ts'
import type { DeployedPod } from './deployed-pods.ts'

const defaultContainer = 'kubectl.kubernetes.io/default-container'

/**
 * The running container that is meant: `name`, else the one that the pod says is the default, else its first. Throws ConfigError for a
 * name that none has, `nothing-runs`.
 */
export const oneContainer = (
  { id, of }: InventoryEntry,
  pods: readonly DeployedPod[],
  name: string | undefined,
): PodContainer => {
  const all = pods.flatMap((one) => containersOfPod(one.entry, one.pod))
  const names = [...new Set(all.map(({ container }) => container))]
  if (name !== undefined && all.length > 0 && !names.includes(name))
    throw usageError(`No container of ${id} is called ${name}.`, `There are: ${names.join(', ')}`)
  const runs = pods.filter((one) => name === undefined || runningIn(one).some(({ container }) => container === name))
  const best = bestPod(runs)
  const running = best ? runningIn(best) : []
  const wanted = name ?? best?.pod.metadata.annotations?.[defaultContainer]
  const found = running.find(({ container }) => container === wanted) ?? running.find(({ kind }) => kind === 'main')
  const chosen = found ?? running[0]
  if (chosen) return chosen
  throw new EnvironmentError(
    'nothing-runs',
    all.length === 0 ? `${id} has no pods now.` : `No container of ${id} runs now.`,
    {
      hints: [`kindup logs ${wordFor(of)}   # what it said last`, 'kindup diagnose   # why it does not run'],
    },
  )
}

const runningIn = ({ entry, pod }: DeployedPod): readonly PodContainer[] =>
  containersOfPod(entry, pod).filter(({ state }) => state === 'running')
