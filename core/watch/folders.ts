import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { Input } from './inputs.ts'

/** A folder that is to be watched, and what of it counts. */
export type Watched = {
  readonly folder: string
  /** All that is below it is watched with it. */
  readonly deep: boolean
  /** Whether a change of `path`, an absolute one in it, is one of the inputs. */
  readonly counts: (path: string) => boolean
}

type Search = {
  readonly found: Map<string, { readonly deep: boolean; readonly counts: ((path: string) => boolean)[] }>
  /** What links led to already: they may lead round. */
  readonly linked: Set<string>
  readonly deep: boolean
  readonly root: string
}

/**
 * The folders whose watching tells every change of the inputs, those that do not exist yet included. `deep`: the platform
 * watches whole trees by itself (macOS, Windows); elsewhere each folder counts against a limit of the system, and those
 * that are wholly ignored are left out. `root`: folders of it that go with all they hold are told, too.
 */
export const foldersOf = async (
  inputs: readonly Input[],
  { root, deep }: { readonly root: string; readonly deep: boolean },
): Promise<readonly Watched[]> => {
  const search: Search = { found: new Map(), linked: new Set(), root, deep }
  await Promise.all(inputs.map((input) => addInput(search, input)))
  return [...search.found].map(([folder, { deep: whole, counts }]) => ({
    folder,
    deep: whole,
    counts: (path) => counts.some((does) => does(path)),
  }))
}

const addInput = async (search: Search, input: Input): Promise<void> => {
  const { path } = input
  const stats = await stat(path).catch(() => undefined)
  if (!stats) return addMissing(search, path)
  // Its folder tells when it is written by a rename, deleted, or made again.
  addNamed(search, path)
  const real = await realpath(path).catch(() => path)
  if (real !== path) addNamed(search, real)
  if (!stats.isDirectory()) return undefined
  return search.deep ? addTree(search, { ...input, path: real }) : addFolder(search, input, '')
}

/** What is not there shows in the nearest folder that is. */
const addMissing = async (search: Search, path: string): Promise<void> => {
  const above = dirname(path)
  if (above === path) return undefined
  return (await stat(above).catch(() => undefined)) ? addNamed(search, path) : addMissing(search, above)
}

/** One name in its folder; and the folders above it, whose move nobody below would notice. */
const addNamed = (search: Search, path: string): void => {
  for (let named = path; named === path || named.startsWith(search.root + sep); named = dirname(named)) {
    const name = named
    add(search, dirname(name), false, (changed) => changed === name)
  }
}

const addTree = (search: Search, { path, ignored }: Input): void =>
  add(search, path, true, (changed) => {
    const below = relativeTo(path, changed)
    return below === undefined ? changed === path : counts(below, ignored)
  })

const addFolder = async (search: Search, input: Input, below: string): Promise<void> => {
  const { path, ignored } = input
  const folder = join(path, below)
  add(search, folder, false, (changed) => {
    const inside = relativeTo(path, changed)
    return inside !== undefined && dirname(changed) === folder && counts(inside, ignored)
  })
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  await Promise.all(
    entries.map(async (entry) => {
      const inside = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isSymbolicLink()) {
        if (!ignored) await addLink(search, join(folder, entry.name))
      } else if (entry.isDirectory() && !(ignored ? ignored.wholly(inside) : entry.name === '.git'))
        await addFolder(search, input, inside)
    }),
  )
}

/** What a link leads to may lie anywhere. */
const addLink = async (search: Search, path: string): Promise<void> => {
  const real = await realpath(path).catch(() => undefined)
  if (real === undefined || search.linked.has(real)) return
  search.linked.add(real)
  await addInput(search, { path: real })
}

const add = ({ found }: Search, folder: string, deep: boolean, does: (path: string) => boolean): void => {
  const known = found.get(folder)
  known?.counts.push(does)
  found.set(folder, { deep: deep || known?.deep === true, counts: known?.counts ?? [does] })
}

/** With forward slashes; undefined for what is not below. */
const relativeTo = (root: string, path: string): string | undefined =>
  path.startsWith(root + sep)
    ? path
        .slice(root.length + 1)
        .split(sep)
        .join('/')
    : undefined

/** A folder may be ignored and hold something that is let in again. */
const counts = (below: string, ignored: Input['ignored']): boolean =>
  ignored ? !ignored.matches(below) || !ignored.wholly(below) : !/(?:^|\/)\.git(?:\/|$)/.test(below)
