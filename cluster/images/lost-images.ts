import type { Cluster } from '../cluster.ts'
import { holdingsOf } from '../load/holdings.ts'
import { qualified } from '../reference.ts'
import { inputsLabel } from './steps.ts'

/** An image of the file, as a deployment of before ran it. */
type Ran = { readonly ref: string; readonly inputs: string }

/**
 * Why images of an earlier deployment cannot be run again: a sentence each. Looked for in the engine, which may have built
 * another one under the same tag since, and in the nodes.
 */
export const lostImages = async (
  images: readonly Ran[],
  containersOf: (ref: string) => readonly string[],
  cluster: Pick<Cluster, 'engine' | 'config'>,
): Promise<readonly string[]> => {
  if (images.length === 0) return []
  const engine = await cluster.engine()
  const { containerdStore } = await engine.info()
  const found = await Promise.all(
    images.map(async ({ ref, inputs }) => {
      const held = await engine.image(ref)
      const built = held?.labels[inputsLabel]
      // The nodes were given the new one with it.
      if (built !== undefined && built !== inputs)
        return [`${ref} was built again since, under the same tag: what it was then is gone.`]
      // What the engine lacks, the local registry may hold: it outlives clusters.
      const { registry } = cluster.config.cluster
      if (held || (registry && ref.startsWith(`localhost:${registry.port}/`))) return []
      const holdings = await Promise.all(
        containersOf(ref).map((container) => holdingsOf(engine, container, containerdStore)),
      )
      if (holdings.length > 0 && holdings.every((holding) => holding.has(qualified(ref)))) return []
      return [`${ref} is neither in ${engine.name} nor in the nodes that would run it.`]
    }),
  )
  return found.flat()
}
