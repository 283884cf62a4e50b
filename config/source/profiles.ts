import type { Problem } from '../../core/problem.ts'
import { nameHint } from '../../core/suggest.ts'
import { isHolder } from '../value-at.ts'
import { cut, mergeInto, subtree } from './merge.ts'
import { placeIn, problemAt, type Tree } from './tree.ts'

/** Takes the profiles out of the trees: a later tree lies over an earlier one. */
export const profilesOf = (trees: readonly Tree[], problems: Problem[]): ReadonlyMap<string, Tree> => {
  const found = new Map<string, Tree>()
  for (const tree of trees) {
    const { profiles } = tree.root
    if (isHolder(profiles) && !Array.isArray(profiles))
      for (const [name, profile] of Object.entries(profiles)) {
        if (profile !== null && (!isHolder(profile) || Array.isArray(profile))) {
          problems.push(problemAt(`profiles.${name} must be a part of the file.`, placeIn(tree, ['profiles', name])))
          continue
        }
        const own = subtree(tree, ['profiles', name])
        for (const key of ['include', 'profiles'].filter((one) => Object.hasOwn(own.root, one))) {
          problems.push(problemAt(`profiles.${name}.${key}: a profile has none.`, placeIn(own, [key])))
          cut(own, [key])
        }
        const before = found.get(name)
        if (before) mergeInto(before, own)
        else found.set(name, own)
      }
    else if (profiles !== undefined && profiles !== null)
      problems.push(
        problemAt(
          'profiles must be a map of names.',
          placeIn(tree, ['profiles']),
          'For example: profiles: { ci: { cluster: { workers: 1 } } }',
        ),
      )
    cut(tree, ['profiles'])
  }
  return found
}

/** For a name of `--profile` that is none. */
export const noProfile = (name: string, known: readonly string[]): Problem =>
  problemAt(
    `--profile ${name}: the file has no such profile.`,
    { file: `--profile ${name}` },
    nameHint(name, known, `Add it: profiles: { ${name}: { … } }`),
  )
