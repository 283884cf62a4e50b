import type { Path } from '../path.ts'
import { overlaps, pathKey } from '../path.ts'
import { isHolder, valueAt } from '../value-at.ts'
import type { Tree } from './tree.ts'

/**
 * Lays one tree over another, as helm lays values: maps are merged key by key, everything else takes the place of what
 * was there, and `null` takes a key away. Changes `base`, which keeps of each value where it stands.
 */
export const mergeInto = (base: Tree, over: Tree): void => {
  merge(base, over, base.root, over.root, [])
  base.unknown.push(...over.unknown)
}

/** The part of a tree below a path, as a tree of its own; what is not there or is no map is an empty one. */
export const subtree = (tree: Tree, path: Path): Tree => {
  const prefix = `${pathKey(path)}\0`
  const found = valueAt(tree.root, path)
  return {
    root: isMap(found) ? structuredClone(found) : {},
    spots: new Map(
      [...tree.spots].flatMap(([key, spot]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), spot]] : [])),
    ),
    problems: [],
    unknown: tree.unknown.flatMap((one) =>
      one.path.length > path.length && overlaps(one.path, path) ? [{ ...one, path: one.path.slice(path.length) }] : [],
    ),
  }
}

/** Takes a key and all below it away, and what is known of them. */
export const cut = (tree: Tree, path: Path): void => {
  const key = pathKey(path)
  for (const spot of tree.spots.keys()) if (spot === key || spot.startsWith(`${key}\0`)) tree.spots.delete(spot)
  const left = tree.unknown.filter((one) => one.path.length < path.length || !overlaps(one.path, path))
  tree.unknown.splice(0, tree.unknown.length, ...left)
  const holder = valueAt(tree.root, path.slice(0, -1))
  if (isMap(holder)) delete holder[String(path.at(-1))]
}

const merge = (
  base: Tree,
  over: Tree,
  into: Record<string, unknown>,
  from: Readonly<Record<string, unknown>>,
  at: Path,
): void => {
  for (const [key, value] of Object.entries(from)) {
    const path = [...at, key]
    const there = Object.hasOwn(into, key) ? into[key] : undefined
    if (isMap(there) && isMap(value)) {
      merge(base, over, there, value, path)
      continue
    }
    cut(base, path)
    if (value === null && there !== undefined) continue
    into[key] = value
    const own = pathKey(path)
    for (const [spot, place] of over.spots) if (spot === own || spot.startsWith(`${own}\0`)) base.spots.set(spot, place)
  }
}

const isMap = (value: unknown): value is Record<string, unknown> => isHolder(value) && !Array.isArray(value)
