import { statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { systemCode } from '../../core/errors.ts'
import { isCode } from '../code/is-code.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
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

/** The file that is meant. `above` are the files that lead to it, the one that names it last; `itself` follows links. */
export const includedFile = (
  { text, at, above }: { readonly text: string; readonly at: Place | undefined; readonly above: readonly string[] },
  itself: (path: string) => string,
  problems: Problem[],
): string | undefined => {
  const folder = dirname(above.at(-1) ?? '')
  const named = `include: ${text}`
  if (/^(?:[a-z][\w+.-]*:\/\/|git@|git::|github\.com\/|gitlab\.com\/|oci:)/i.test(text)) {
    problems.push(
      problemAt(
        `include: ${withoutLogin(text)}: a file from elsewhere is not built yet.`,
        at,
        'Clone the repository, and name the file in the clone.',
      ),
    )
    return undefined
  }
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
  const first = above.map(itself).indexOf(itself(path))
  if (first >= 0) {
    const way = [...above.slice(first), path].map((one) => relative(folder, one))
    problems.push(problemAt(`${named} goes round in a circle: ${way.join(' → ')}.`, at, 'Take one of them away.'))
    return undefined
  }
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

/** What is at a path, or why that cannot be known. */
export const kindOf = (path: string): 'file' | 'none' | { readonly why: string } => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? 'file' : 'none'
  } catch (error) {
    return { why: systemCode(error) }
  }
}
