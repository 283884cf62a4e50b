import { EnvironmentError, unlessRefused } from '../../core/errors.ts'
import type { Cluster } from '../cluster.ts'
import type { Engine } from '../engine/engine.ts'
import { qualified } from '../reference.ts'
import { holdingsOf } from './holdings.ts'

/** Those of the images that the engine or any node holds; undefined where no engine can be asked, and so nobody knows. */
export const heldAnywhere = async (
  images: readonly string[],
  cluster: Pick<Cluster, 'engine' | 'nodes'>,
): Promise<ReadonlySet<string> | undefined> => {
  if (images.length === 0) return new Set()
  return unlessRefused(async () => {
    const engine = await cluster.engine()
    const found = await Promise.all(images.map(async (image) => ((await engine.image(image)) ? [image] : [])))
    const held = new Set(found.flat())
    const others = images.filter((image) => !held.has(image))
    if (others.length === 0) return held
    const inNodes = await Promise.all(cluster.nodes.map(({ container }) => refsIn(engine, container)))
    for (const image of others) if (inNodes.some((refs) => refs.has(qualified(image)))) held.add(image)
    return held
  }, undefined)
}

/** A node that is not there, or does not run, holds nothing. */
const refsIn = async (engine: Engine, container: string): Promise<ReadonlySet<string>> => {
  try {
    return new Set((await holdingsOf(engine, container, false, { patienceMs: 0 })).keys())
  } catch (error) {
    if (error instanceof EnvironmentError) return new Set()
    throw error
  }
}
