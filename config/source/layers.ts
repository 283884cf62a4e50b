import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigError } from '../../core/errors.ts'
import { makeNow, type Files, type OfFiles } from '../../core/files.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { Env } from '../interpolate.ts'
import { isHolder } from '../value-at.ts'
import { codeTree } from './code-tree.ts'
import type { Evaluated } from '../code/evaluate.ts'
import { includedFile, includesOf, kindOf } from './includes.ts'
import { copyOf, cut, mergeInto } from './merge.ts'
import { parseYaml } from './parse-yaml.ts'
import { rebase } from './paths-in.ts'
import { noProfile, profilesOf } from './profiles.ts'
import { readText } from './read-file.ts'
import { buildTree, problemAt, type Tree } from './tree.ts'

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

type Options = {
  readonly env: Env
  readonly profiles?: readonly string[]
  readonly files?: Files | undefined
  readonly ofFiles?: OfFiles | undefined
  /** What the file exports, where it is a program. */
  readonly code?: Evaluated | undefined
}

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
    if (options.code && above.length === 0) {
      read.push(...options.code.files.filter((one) => !read.includes(one)))
      return withIncludes(codeTree(options.code, options.env), path, above)
    }
    const text = above.length === 0 ? readText(path, options.files) : textOfLayer(path, at, options.files, problems)
    if (text === undefined || (above.length > 0 && saysNothing(text))) return undefined
    const { ofFiles = makeNow } = options
    // Whose cluster it is, and what is in it, are two questions of one command.
    const parsed = ofFiles(`yaml ${path}`, () => parseYaml(text, path))
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
