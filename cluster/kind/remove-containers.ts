import { poll, waitFor } from '../../core/wait.ts'
import type { Engine } from '../engine/engine.ts'

/** Where nobody says: a machine that is busy with other clusters took longer than a minute over two nodes. */
const removeMs = 10 * 60_000

/**
 * Removes the containers with any of the labels until the engine lists none, and names them. Docker lists one that it
 * is still making before it can be inspected or removed, and goes on making it when its client was killed.
 */
export const removeContainersWith = async (
  engine: Engine,
  labels: readonly string[],
  signal: AbortSignal,
  timeoutMs?: number,
): Promise<readonly string[]> => {
  const removed = new Set<string>()
  const remove = async () => {
    const names = [...new Set((await Promise.all(labels.map((label) => engine.containerNames(label)))).flat())]
    if (names.length === 0) return { done: undefined }
    for (const name of names) removed.add(name)
    await engine.removeContainers(names)
    return { waiting: `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} being removed` }
  }
  await waitFor('The removal of the containers', poll(remove, 200), {
    timeoutMs: timeoutMs ?? removeMs,
    fixed: timeoutMs === undefined,
    signal,
  })
  return [...removed]
}
