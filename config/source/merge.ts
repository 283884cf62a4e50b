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
  const there = valueAt(tree.root, path)
  const root = isMap(there) ? structuredClone(there) : {}
  const spots: Tree['spots'] = new Map()
  for (const below of pathsOf(root)) {
    const spot = tree.spots.get(pathKey([...path, ...below]))
    if (spot && below.length > 0) spots.set(pathKey(below), spot)
  }
  return {
    root,
    spots,
    problems: [],
    unknown: tree.unknown.flatMap((one) =>
      one.path.length > path.length && overlaps(one.path, path) ? [{ ...one, path: one.path.slice(path.length) }] : [],
    ),
  }
}

/** The same tree, for who changes it. */
export const copyOf = ({ root, spots, problems, unknown }: Tree): Tree => ({
  root: structuredClone(root),
  spots: new Map(spots),
  problems,
  unknown: [...unknown],
})

/** Takes a key and all below it away, and what is known of them. */
export const cut = (tree: Tree, path: Path): void => {
  for (const below of pathsOf(valueAt(tree.root, path), path)) tree.spots.delete(pathKey(below))
  const left = tree.unknown.filter((one) => one.path.length < path.length || !overlaps(one.path, path))
  tree.unknown.splice(0, tree.unknown.length, ...left)
  const holder = valueAt(tree.root, path.slice(0, -1))
  if (isMap(holder)) delete holder[String(path.at(-1))]
}

/** Of a value and all that is in it. */
function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* pathsOf(item, [...path, index])
  else if (isHolder(value)) for (const [key, one] of Object.entries(value)) yield* pathsOf(one, [...path, key])
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
    if (Object.hasOwn(into, key)) cut(base, path)
    if (value === null && there !== undefined) continue
    into[key] = value
    for (const own of pathsOf(value, path)) {
      const place = over.spots.get(pathKey(own))
      if (place) base.spots.set(pathKey(own), place)
    }
  }
}

const isMap = (value: unknown): value is Record<string, unknown> => isHolder(value) && !Array.isArray(value)
