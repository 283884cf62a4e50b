import type { Kube } from '../../cluster/kube/kube.ts'
import { notReady } from '../../cluster/ready/node-readiness.ts'

/** Follows the nodes while `use` works; it can ask whether all `count` of them have joined and are Ready. */
export const followingNodes = async <T>(
  kube: Kube,
  count: number,
  signal: AbortSignal,
  use: (nodesReady: () => boolean) => Promise<T>,
): Promise<T> => {
  const stop = new AbortController()
  let ready = false
  const follow = async (): Promise<void> => {
    for await (const nodes of kube.watch({ apiVersion: 'v1', kind: 'Node' }, AbortSignal.any([signal, stop.signal])))
      ready = nodes.length >= count && nodes.every((node) => notReady(node) === undefined)
  }
  // What the API refuses here it refuses to the wait itself too, which says so.
  const following = follow().catch(() => undefined)
  try {
    return await use(() => ready)
  } finally {
    stop.abort()
    await following
  }
}
