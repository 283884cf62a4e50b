import type { Problem } from '../../core/problem.ts'
import { checkShape } from '../shape/check-shape.ts'
import { copyOf, mergeInto } from '../source/merge.ts'
import type { Tree } from '../source/tree.ts'
import { makeSourceMap } from '../source-map.ts'

/**
 * What is wrong with the shape of profiles that nobody chose: each is laid over a copy of the file, and what stands in
 * the profile itself is said. Variables that it lacks are wanted by whoever chooses it.
 */
export const problemsOfUnused = (
  file: string,
  tree: Tree,
  profiles: ReadonlyMap<string, Tree>,
  chosen: readonly string[],
): readonly Problem[] =>
  [...profiles].flatMap(([name, profile]) => {
    if (chosen.includes(name)) return []
    const trial = copyOf(tree)
    const own = new Set(
      [...profile.spots.values()].flatMap(({ key, value }) => [key, value].map((at) => JSON.stringify(at))),
    )
    mergeInto(trial, copyOf(profile))
    const unknown = trial.unknown.map(({ path }) => path)
    return checkShape(trial.root, makeSourceMap(trial.spots, file), unknown).problems.filter(
      ({ at }) => at !== undefined && own.has(JSON.stringify(at)),
    )
  })
