import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { Input } from './inputs.ts'

/** A folder that is to be watched, and what of it counts. */
export type Watched = {
  readonly folder: string
  /** Tells the folder from a later one in its place. */
  readonly inode: bigint
  /** All that is below it is watched with it. */
  readonly deep: boolean
  /** Whether a change of `path`, an absolute one in it, is one of the inputs. */
  readonly counts: (path: string) => boolean
}

type Found = Map<
  string,
  { readonly inode: bigint; readonly deep: boolean; readonly counts: ((path: string) => boolean)[] }
>

/**
 * The folders whose watching tells every change of the inputs, those that do not exist yet included. `deep`: the platform
 * watches whole trees by itself (macOS, Windows); elsewhere each folder counts against a limit of the system, and those
 * that are wholly ignored are left out.
 */
export const foldersOf = async (inputs: readonly Input[], deep: boolean): Promise<readonly Watched[]> => {
  const found: Found = new Map()
  await Promise.all(inputs.map((input) => addInput(found, input, deep)))
  return [...found].map(([folder, { inode, deep: whole, counts }]) => ({
    folder,
    inode,
    deep: whole,
    counts: (path) => counts.some((does) => does(path)),
  }))
}

const addInput = async (found: Found, input: Input, deep: boolean): Promise<void> => {
  const { path } = input
  const stats = await stat(path).catch(() => undefined)
  if (!stats) return addMissing(found, path)
  // Its folder tells when it is written by a rename, deleted, or made again.
  await addNamed(found, path)
  const real = await realpath(path).catch(() => path)
  if (real !== path) await addNamed(found, real)
  if (stats.isDirectory()) await (deep ? addTree(found, input) : addFolder(found, input, '', new Set()))
}

/** What is not there shows in the nearest folder that is. */
const addMissing = async (found: Found, path: string): Promise<void> => {
  const above = dirname(path)
  if (above === path) return
  await ((await stat(above).catch(() => undefined)) ? addNamed(found, path) : addMissing(found, above))
}

/** One name in its folder. */
const addNamed = async (found: Found, path: string): Promise<void> => {
  await add(found, dirname(path), false, (changed) => changed === path)
}

const addTree = async (found: Found, { path, ignored }: Input): Promise<void> => {
  await add(found, path, true, (changed) => {
    const below = relativeTo(path, changed)
    return below === undefined ? changed === path : counts(below, ignored)
  })
}

const addFolder = async (found: Found, input: Input, below: string, seen: Set<string>): Promise<void> => {
  const { path, ignored } = input
  const folder = join(path, below)
  const inode = await add(found, folder, false, (changed) => {
    const inside = relativeTo(path, changed)
    return inside !== undefined && dirname(changed) === folder && counts(inside, ignored)
  })
  if (inode === undefined || seen.has(inode)) return
  seen.add(inode)
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  await Promise.all(
    entries.map(async (entry) => {
      const inside = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isSymbolicLink()) {
        if (!ignored) await addLink(found, join(folder, entry.name))
      } else if (entry.isDirectory() && !(ignored ? ignored.wholly(inside) : entry.name === '.git'))
        await addFolder(found, input, inside, seen)
    }),
  )
}

/** What a link leads to may lie anywhere. */
const addLink = async (found: Found, path: string): Promise<void> => {
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined) await addInput(found, { path: real }, false)
}

const add = async (
  found: Found,
  folder: string,
  deep: boolean,
  does: (path: string) => boolean,
): Promise<string | undefined> => {
  const stats = await lstat(folder, { bigint: true }).catch(() => undefined)
  if (!stats) return undefined
  const inode = stats.isSymbolicLink() ? (await stat(folder, { bigint: true }).catch(() => stats)).ino : stats.ino
  const known = found.get(folder)
  if (known) known.counts.push(does)
  found.set(folder, { inode, deep: deep || known?.deep === true, counts: known?.counts ?? [does] })
  return `${folder}:${inode}`
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
