import type { Place, Problem } from '../core/problem.ts'
import type { Path } from './path.ts'
import { overlaps } from './path.ts'

type Finding = {
  readonly path: Path
  readonly message: string
  readonly hint?: string | undefined
  readonly root?: string
  /** Where it stands, if that is another file. */
  readonly at?: Place
  /** It is about the key and not about its value. */
  readonly key?: true
}

/** Collects what is wrong, so that all of it can be said at once. */
export type Findings = {
  error(finding: Finding): void
  warn(finding: Finding): void
  /** False when the shape of something at, in or around the path was wrong, so that nothing should be concluded from it. */
  intact(path: Path): boolean
}

/** `broken` are the paths whose shape is wrong; problems are appended to `into`. */
export const makeFindings = (
  into: Problem[],
  broken: readonly Path[],
  placeOf: (path: Path, key: boolean) => Place,
): Findings => {
  const add =
    (severity: 'error' | 'warning') =>
    ({ path, message, hint, key, root, at }: Finding): void => {
      // What is wrong already is not complained about again for what follows from it.
      if (broken.some((other) => other.length <= path.length && overlaps(other, path))) return
      into.push({
        severity,
        message,
        at: at ?? placeOf(path, key === true),
        ...(hint === undefined ? {} : { hint }),
        ...(root === undefined ? {} : { root }),
      })
    }
  return {
    error: add('error'),
    warn: add('warning'),
    intact: (path) => !broken.some((other) => overlaps(path, other)),
  }
}
