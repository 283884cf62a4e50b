import type { Path } from '../path.ts'

/** The value at a path of plain data; undefined when there is none. */
export const valueAt = (root: unknown, path: Path): unknown => {
  let value = root
  for (const part of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}

/** Puts a value where one is already, in place. */
export const replaceAt = (root: unknown, path: Path, value: unknown): void => {
  const holder = valueAt(root, path.slice(0, -1))
  const last = path.at(-1)
  if (holder !== null && typeof holder === 'object' && last !== undefined)
    (holder as Record<string | number, unknown>)[last] = value
}

/** Takes a value away in place. A list goes as a whole, so that the positions in it stay what they were. False at the root. */
export const removeAt = (root: unknown, path: Path): boolean => {
  let end = path.length
  while (end > 0 && typeof path[end - 1] === 'number') end -= 1
  if (end === 0) return false
  const holder = valueAt(root, path.slice(0, end - 1)) as Record<string, unknown> | undefined
  const last = path[end - 1]!
  if (holder === undefined || !Object.hasOwn(holder, last)) return removeAt(root, path.slice(0, end - 1))
  delete holder[last]
  return true
}
