import { setTimeout as pause } from 'node:timers/promises'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { bestPod, isReady } from './best-pod.ts'
import { deployedPods, type DeployedPod } from './deployed-pods.ts'

/** A pod that is replaced is away for a moment. */
const patienceMs = 10_000
const againMs = 500

/** The pod of a step to talk to now. One that is ready is waited for a moment, and one that only runs will do after it. Throws `nothing-runs`. */
export const livingPod = async (kube: Kube, entry: InventoryEntry, signal: AbortSignal): Promise<DeployedPod> => {
  const deployed = deployedPods(kube, [entry])
  const until = performance.now() + patienceMs
  for (;;) {
    const best = bestPod(await deployed.now())
    if (best && (isReady(best.pod) || performance.now() > until)) return best
    signal.throwIfAborted()
    if (performance.now() > until)
      throw new EnvironmentError('nothing-runs', `No pod of ${entry.id} runs now.`, {
        hints: ['kindup diagnose   # says why'],
      })
    await pause(againMs, undefined, { signal }).catch(() => undefined)
  }
}
