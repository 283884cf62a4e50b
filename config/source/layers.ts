import { realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ConfigError } from '../../core/errors.ts'
import { makeNow, type Files, type OfFiles } from '../../core/files.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { isInside } from '../../core/paths.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { Env } from '../interpolate.ts'
import { isHolder } from '../value-at.ts'
import type { Evaluated } from '../code/evaluate.ts'
import type { RemoteAddress } from '../remote-address.ts'
import { addressKey, type Fetched, type Refusal } from './fetched.ts'
import { includedFile, includesOf, isCircle, kindOf } from './includes.ts'
import { foreignFile, looksOurs } from './foreign.ts'
import { copyOf, cut, mergeInto } from './merge.ts'
import { parseYaml } from './parse-yaml.ts'
import { rebase } from './paths-in.ts'
import { noProfile, profilesOf } from './profiles.ts'
import { readText } from './read-file.ts'
import { buildTree, problemAt, type Tree } from './tree.ts'
import { Document, isMap } from 'yaml'
import { pathOfKey } from '../path.ts'

const localName = 'kindup.local.yaml'

export type Layered = {
  /** The file with all that lies below and above it; undefined where the file itself is no map. */
  readonly tree: Tree | undefined
  /** Each file that was read, and the local one where it could be: the file itself, what it includes, what lies over it. */
  readonly files: readonly string[]
  readonly problems: readonly Problem[]
  /** By name, each as a tree of its own over the rest. */
  readonly profiles: ReadonlyMap<string, Tree>
  /** What was included of repositories elsewhere. */
  readonly remotes: readonly Fetched[]
  /** What would have been, had it been fetched. */
  readonly wanted: readonly Wanted[]
}

/** A file of a repository elsewhere, and the file and place that name it. */
type Wanted = {
  readonly address: RemoteAddress
  readonly text: string
  readonly from: string
  readonly at: Place | undefined
}

type Options = {
  readonly env: Env
  readonly profiles?: readonly string[]
  readonly files?: Files | undefined
  readonly ofFiles?: OfFiles | undefined
  /** What the file exports, where it is a program. */
  readonly code?: Evaluated | undefined
  /** The address that is meant, where an `include` is no path. Left out: all are paths. */
  readonly far?: (text: string) => RemoteAddress | Refusal | undefined
  /** By `addressKey`, what was fetched, and why something was not. */
  readonly fetched?: ReadonlyMap<string, Fetched | Refusal>
}

/**
 * Reads the file and puts its layers together: what it includes, in order, below it; the chosen profiles over it; and
 * last the local file beside it. Relative paths start at the folder of the file that they stand in.
 */
export const readLayers = (file: string, options: Options): Layered => {
  const read: string[] = []
  const problems: Problem[] = []
  const remotes = new Map<string, Fetched>()
  const wanted: Wanted[] = []
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
    if (options.code && above.length === 0) {
      read.push(...options.code.files.filter((one) => !read.includes(one)))
      return withIncludes(codeTree(options.code, options.env), path, above)
    }
    const text = above.length === 0 ? readText(path, options.files) : textOfLayer(path, at, options.files, problems)
    if (text === undefined || (above.length > 0 && saysNothing(text))) return undefined
    const { ofFiles = makeNow } = options
    // Whose cluster it is, and what is in it, are two questions of one command.
    const parsed = ofFiles(`yaml ${path}`, () => parseYaml(text, path))
    const foreign = looksOurs(parsed.usable?.root) ? undefined : foreignFile(text, path)
    if (foreign) {
      problems.push(foreign)
      return undefined
    }
    problems.push(...parsed.problems)
    if (parsed.usable === undefined) return undefined
    const tree = buildTree(parsed.usable.document, parsed.usable.root, parsed.placeAt, options.env)
    rebaseLayer(tree, dirname(path), folder)
    return withIncludes(tree, path, above)
  }
  const withIncludes = (tree: Tree, path: string, above: readonly string[]): Tree => {
    problems.push(...tree.problems)
    const includes = includesOf(tree, problems)
    cut(tree, ['include'])
    if (includes.length === 0) return tree
    const whole: Tree = { root: {}, spots: new Map(), problems: [], unknown: [] }
    const within = [...remotes.values()].find((one) => isInside(path, one.folder))?.folder
    for (const { text: named, at: place } of includes) {
      const one = { text: named, at: place, above: [...above, path] }
      const far = kindOf(resolve(dirname(path), named)) === 'file' ? undefined : options.far?.(named)
      const below = far ? farFile(far, one) : includedFile({ ...one, within }, itself, problems)
      const under = below === undefined ? undefined : layer(below, [...above, path], place)
      if (under) mergeInto(whole, under)
    }
    mergeInto(whole, tree)
    return whole
  }

  const farFile = (
    far: RemoteAddress | Refusal,
    { text, at, above }: { readonly text: string; readonly at: Place | undefined; readonly above: readonly string[] },
  ): string | undefined => {
    const found = 'url' in far ? options.fetched?.get(addressKey(far)) : far
    const named = `include: ${withoutLogin(text)}`
    if ('url' in far && !found) wanted.push({ address: far, text, from: above.at(-1) ?? file, at })
    else if (found && 'message' in found)
      problems.push(problemAt(`${named}: ${found.message.replace(/\.$/, '')}.`, at, found.hint))
    else if (found && 'file' in found && !isCircle({ path: found.file, named, at, above }, itself, problems)) {
      remotes.set(found.file, found)
      return found.file
    }
    return undefined
  }

  const tree = layer(file, [])
  const local = join(folder, localName)
  const over = local !== file && kindOf(local) === 'file' ? layer(local, [file]) : undefined
  if (local !== file && !read.includes(local)) read.push(local)
  const seen = { files: read, problems, remotes: [...remotes.values()], wanted }
  if (!tree) return { ...seen, tree, profiles: new Map() }
  const profiles = profilesOf([tree, ...(over ? [over] : [])], problems)
  for (const name of options.profiles ?? []) {
    const chosen = profiles.get(name)
    if (chosen) mergeInto(tree, chosen)
    else problems.push(noProfile(name, [...profiles.keys()]))
  }
  if (over) mergeInto(tree, over)
  return { ...seen, tree, profiles }
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
      thrown.problems.length > 0 ? thrown.problems : [problemAt(thrown.message, at ?? { file: path }, thrown.hints[0])]
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

/** What a program exports, as if it stood in a file: variables in texts are replaced, and each value has the place of its key. */
const codeTree = ({ value, placeOf }: Evaluated, env: Env): Tree => {
  const document = new Document(value)
  if (!isMap(document.contents)) throw new Error('a configuration is a map')
  const tree = buildTree(document, document.contents, () => placeOf([]), env)
  const spots: Tree['spots'] = new Map(
    [...tree.spots].map(([key, spot]) => {
      const at = placeOf(pathOfKey(key))
      return [key, { ...spot, key: at, value: at }]
    }),
  )
  return {
    ...tree,
    spots,
    unknown: tree.unknown.map(({ path, problem }) => ({ path, problem: { ...problem, at: placeOf(path) } })),
  }
}
