import { statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { systemCode } from '../../core/errors.ts'
import { isCode } from '../code/is-code.ts'
import { isInside } from '../../core/paths.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { placeIn, problemAt, type Tree } from './tree.ts'

/** What a tree includes, as it is written; what is no path is said. */
export const includesOf = (
  tree: Tree,
  problems: Problem[],
): readonly { readonly text: string; readonly at: Place | undefined }[] => {
  const { include } = tree.root
  if (include === undefined || include === null) return []
  if (!Array.isArray(include)) {
    problems.push(
      problemAt('include must be a list of files.', placeIn(tree, ['include']), 'For example: include: [./base.yaml]'),
    )
    return []
  }
  return include.flatMap((text: unknown, index) => {
    const at = placeIn(tree, ['include', index])
    const unknown = tree.unknown.filter(({ path }) => path[0] === 'include' && path[1] === index)
    problems.push(...unknown.map(({ problem }) => problem))
    if (unknown.length > 0) return []
    if (typeof text === 'string' && text !== '') return [{ text, at }]
    problems.push(problemAt(`include[${index}] must be the path of a file.`, at, 'For example: include: [./base.yaml]'))
    return []
  })
}

type Include = {
  readonly text: string
  readonly at: Place | undefined
  /** The files that lead to it, the one that names it last. */
  readonly above: readonly string[]
  /** The checkout of a repository elsewhere, which holds the file that names it. */
  readonly within: string | undefined
}

/** The file that is meant. `itself` follows links. */
export const includedFile = (
  { text, at, above, within }: Include,
  itself: (path: string) => string,
  problems: Problem[],
): string | undefined => {
  const folder = dirname(above.at(-1) ?? '')
  const named = `include: ${text}`
  const path = resolve(folder, text)
  if (isCode(path)) {
    problems.push(
      problemAt(
        `${named} is a program, and only files of YAML are included.`,
        at,
        'Make the file that includes it a kindup.config.ts, and import it there.',
      ),
    )
    return undefined
  }
  if (within !== undefined && !isInside(path, within)) {
    problems.push(problemAt(`${named} is not in the repository.`, at, ownAlone))
    return undefined
  }
  if (isCircle({ path, named, at, above }, itself, problems)) return undefined
  const there = kindOf(path)
  if (there === 'file') return path
  if (there !== 'none') {
    problems.push(problemAt(`${named} cannot be read (${there.why}).`, at))
    return undefined
  }
  const inFolder = join(path, 'kindup.yaml')
  problems.push(
    problemAt(
      `${named}: there is no file ${path}.`,
      at,
      kindOf(inFolder) === 'file' ? `Did you mean ${join(text, 'kindup.yaml')}?` : undefined,
    ),
  )
  return undefined
}

/** What a file from elsewhere is told that leads out of its repository. */
export const ownAlone = 'A configuration from elsewhere reads its own repository alone.'

/** Whether a file leads to itself, which is said. */
export const isCircle = (
  { path, named, at, above }: { readonly path: string; readonly named: string } & Pick<Include, 'at' | 'above'>,
  itself: (path: string) => string,
  problems: Problem[],
): boolean => {
  const first = above.map(itself).indexOf(itself(path))
  if (first < 0) return false
  const way = [...above.slice(first), path].map((one) => relative(dirname(above.at(-1) ?? ''), one))
  problems.push(problemAt(`${named} goes round in a circle: ${way.join(' → ')}.`, at, 'Take one of them away.'))
  return true
}

/** What is at a path, or why that cannot be known. */
export const kindOf = (path: string): 'file' | 'none' | { readonly why: string } => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? 'file' : 'none'
  } catch (error) {
    return { why: systemCode(error) }
  }
}
