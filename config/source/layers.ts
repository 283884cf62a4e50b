import { realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { ConfigError, systemCode } from '../../core/errors.ts'
import type { Files } from '../../core/files.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { nearest } from '../../core/suggest.ts'
import type { Env } from '../interpolate.ts'
import { pathKey } from '../path.ts'
import { isHolder } from '../value-at.ts'
import { copyOf, cut, mergeInto, subtree } from './merge.ts'
import { parseYaml } from './parse-yaml.ts'
import { rebase } from './paths-in.ts'
import { readText } from './read-file.ts'
import { buildTree, type Tree } from './tree.ts'

const localName = 'kindup.local.yaml'

export type Layered = {
  /** The file with all that lies below and above it; undefined where the file itself is no map. */
  readonly tree: Tree | undefined
  /** Each file that was read, and the local one where it could be: the file itself, what it includes, what lies over it. */
  readonly files: readonly string[]
  readonly problems: readonly Problem[]
  /** By name, each as a tree of its own over the rest. */
  readonly profiles: ReadonlyMap<string, Tree>
}

type Options = { readonly env: Env; readonly profiles?: readonly string[]; readonly files?: Files | undefined }

/**
 * Reads the file and puts its layers together: what it includes, in order, below it; the chosen profiles over it; and
 * last the local file beside it. Relative paths start at the folder of the file that they stand in.
 */
export const readLayers = (file: string, options: Options): Layered => {
  const read: string[] = []
  const problems: Problem[] = []
  const folder = dirname(file)

  // Two files may include the same one, and each of those two again.
  const done = new Map<string, Tree | undefined>()
  // One look at the disk each, however deep they lie.
  const links = new Map<string, string>()
  const itself = (path: string): string => {
    const known = links.get(path) ?? fileItself(path)
    links.set(path, known)
    return known
  }
  const layer = (path: string, above: readonly string[], at?: Place): Tree | undefined => {
    if (!done.has(path)) done.set(path, readLayer(path, above, at))
    const tree = done.get(path)
    return tree && copyOf(tree)
  }
  const readLayer = (path: string, above: readonly string[], at: Place | undefined): Tree | undefined => {
    if (!read.includes(path)) read.push(path)
    const text = above.length === 0 ? readText(path, options.files) : textOfLayer(path, at, options.files, problems)
    if (text === undefined || (above.length > 0 && saysNothing(text))) return undefined
    const parsed = parseYaml(text, path)
    problems.push(...parsed.problems)
    if (parsed.usable === undefined) return undefined
    const tree = buildTree(parsed.usable.document, parsed.usable.root, parsed.placeAt, options.env)
    problems.push(...tree.problems)
    rebaseLayer(tree, dirname(path), folder)
    const includes = includesOf(tree, problems)
    cut(tree, ['include'])
    if (includes.length === 0) return tree
    const whole: Tree = { root: {}, spots: new Map(), problems: [], unknown: [] }
    for (const { text: named, at: place } of includes) {
      const below = includedFile({ text: named, at: place, above: [...above, path] }, itself, problems)
      const under = below === undefined ? undefined : layer(below, [...above, path], place)
      if (under) mergeInto(whole, under)
    }
    mergeInto(whole, tree)
    return whole
  }

  const tree = layer(file, [])
  const local = join(folder, localName)
  const over = local !== file && kindOf(local) === 'file' ? layer(local, [file]) : undefined
  if (local !== file && !read.includes(local)) read.push(local)
  if (!tree) return { tree, files: read, problems, profiles: new Map() }
  const profiles = profilesOf([tree, ...(over ? [over] : [])], problems)
  for (const name of options.profiles ?? []) {
    const chosen = profiles.get(name)
    if (chosen) mergeInto(tree, chosen)
    else problems.push(noProfile(name, [...profiles.keys()]))
  }
  if (over) mergeInto(tree, over)
  return { tree, files: read, problems, profiles }
}

/** What is at a path, or why that cannot be known. */
const kindOf = (path: string): 'file' | 'none' | { readonly why: string } => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? 'file' : 'none'
  } catch (error) {
    return { why: systemCode(error) }
  }
}

/** One whose lines are all commented out. */
const saysNothing = (text: string): boolean => text.split('\n').every((line) => /^\s*(?:#|$)/.test(line))

/** What is wrong with a layer is said beside what is wrong with the rest. */
const textOfLayer = (
  path: string,
  at: Place | undefined,
  files: Files | undefined,
  problems: Problem[],
): string | undefined => {
  try {
    return readText(path, files)
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    const own =
      thrown.problems.length > 0 ? thrown.problems : [error(thrown.message, at ?? { file: path }, thrown.hints[0])]
    problems.push(...own)
    return undefined
  }
}

/** The file itself, whatever links lead to it. */
const fileItself = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const rebaseLayer = (tree: Tree, from: string, folder: string): void => {
  rebase(tree.root, from, folder)
  const { profiles } = tree.root
  if (isHolder(profiles))
    for (const profile of Object.values(profiles))
      if (isHolder(profile) && !Array.isArray(profile)) rebase(profile, from, folder)
}

const placeIn = (tree: Tree, path: readonly (string | number)[]): Place | undefined =>
  tree.spots.get(pathKey(path))?.value

const error = (message: string, at: Place | undefined, hint?: string): Problem => ({
  severity: 'error',
  message,
  ...(at === undefined ? {} : { at }),
  ...(hint === undefined ? {} : { hint }),
})

const includesOf = (
  tree: Tree,
  problems: Problem[],
): readonly { readonly text: string; readonly at: Place | undefined }[] => {
  const { include } = tree.root
  if (include === undefined || include === null) return []
  if (!Array.isArray(include)) {
    problems.push(
      error('include must be a list of files.', placeIn(tree, ['include']), 'For example: include: [./base.yaml]'),
    )
    return []
  }
  return include.flatMap((text: unknown, index) => {
    const at = placeIn(tree, ['include', index])
    const unknown = tree.unknown.filter(({ path }) => path[0] === 'include' && path[1] === index)
    problems.push(...unknown.map(({ problem }) => problem))
    if (unknown.length > 0) return []
    if (typeof text === 'string' && text !== '') return [{ text, at }]
    problems.push(error(`include[${index}] must be the path of a file.`, at, 'For example: include: [./base.yaml]'))
    return []
  })
}

/** `above` are the files that lead to it, the one that names it last; `itself` follows links. */
const includedFile = (
  { text, at, above }: { readonly text: string; readonly at: Place | undefined; readonly above: readonly string[] },
  itself: (path: string) => string,
  problems: Problem[],
): string | undefined => {
  const folder = dirname(above.at(-1) ?? '')
  const named = `include: ${text}`
  if (/^(?:[a-z][\w+.-]*:\/\/|git@|git::|github\.com\/|gitlab\.com\/|oci:)/i.test(text)) {
    problems.push(
      error(
        `include: ${withoutLogin(text)}: a file from elsewhere is not built yet.`,
        at,
        'Clone the repository, and name the file in the clone.',
      ),
    )
    return undefined
  }
  const path = resolve(folder, text)
  const first = above.map(itself).indexOf(itself(path))
  if (first >= 0) {
    const way = [...above.slice(first), path].map((one) => relative(folder, one))
    problems.push(error(`${named} goes round in a circle: ${way.join(' → ')}.`, at, 'Take one of them away.'))
    return undefined
  }
  const there = kindOf(path)
  if (there === 'file') return path
  if (there !== 'none') {
    problems.push(error(`${named} cannot be read (${there.why}).`, at))
    return undefined
  }
  const inFolder = join(path, 'kindup.yaml')
  problems.push(
    error(
      `${named}: there is no file ${path}.`,
      at,
      kindOf(inFolder) === 'file' ? `Did you mean ${join(text, 'kindup.yaml')}?` : undefined,
    ),
  )
  return undefined
}

/** Takes the profiles out of the trees: a later tree lies over an earlier one. */
const profilesOf = (trees: readonly Tree[], problems: Problem[]): ReadonlyMap<string, Tree> => {
  const found = new Map<string, Tree>()
  for (const tree of trees) {
    const { profiles } = tree.root
    if (isHolder(profiles) && !Array.isArray(profiles))
      for (const [name, profile] of Object.entries(profiles)) {
        if (profile !== null && (!isHolder(profile) || Array.isArray(profile))) {
          problems.push(error(`profiles.${name} must be a part of the file.`, placeIn(tree, ['profiles', name])))
          continue
        }
        const own = subtree(tree, ['profiles', name])
        for (const key of ['include', 'profiles'].filter((one) => Object.hasOwn(own.root, one))) {
          problems.push(error(`profiles.${name}.${key}: a profile has none.`, placeIn(own, [key])))
          cut(own, [key])
        }
        const before = found.get(name)
        if (before) mergeInto(before, own)
        else found.set(name, own)
      }
    else if (profiles !== undefined && profiles !== null)
      problems.push(
        error(
          'profiles must be a map of names.',
          placeIn(tree, ['profiles']),
          'For example: profiles: { ci: { cluster: { workers: 1 } } }',
        ),
      )
    cut(tree, ['profiles'])
  }
  return found
}

const noProfile = (name: string, known: readonly string[]): Problem => {
  const near = nearest(name, known)
  return error(
    `--profile ${name}: the file has no such profile.`,
    { file: `--profile ${name}` },
    near === undefined
      ? known.length === 0
        ? 'Add it: profiles: { NAME: … }'
        : `There is ${known.join(', ')}.`
      : `Did you mean ${near}?`,
  )
}
