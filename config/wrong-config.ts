import { ConfigError } from '../core/errors.ts'
import { saidOnce, type Place, type Problem } from '../core/problem.ts'

/** What a configuration is refused with, by the errors among what was found. `files`: what it is made from, its own first. */
export const wrongConfig = (files: readonly string[], found: readonly Problem[]): ConfigError => {
  const problems = saidOnce(found.filter(({ severity }) => severity === 'error').toSorted(byPlace(files)))
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new ConfigError(`The configuration ${files[0]} has ${count}.`, { problems })
}

/** File by file, and in the order of each; flags first, as nothing is known of where they stand. */
export const byPlace =
  (files: readonly string[]) =>
  (a: Problem, b: Problem): number =>
    files.indexOf(a.at?.file ?? '') - files.indexOf(b.at?.file ?? '') || orderOf(a.at) - orderOf(b.at)

const orderOf = (at: Place | undefined): number => (at?.line ?? 0) * 10_000 + (at?.column ?? 0)
